select * from {{ ref('m3') }} union all select * from {{ source('raw','t') }}
