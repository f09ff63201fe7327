select * from {{ ref('m', version='2') }} union all select * from {{ ref('versions', 'm', v=3.1) }}
