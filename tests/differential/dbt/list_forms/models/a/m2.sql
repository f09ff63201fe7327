select * from {{ ref('m1') }}
