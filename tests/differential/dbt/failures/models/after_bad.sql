select * from {{ ref('bad_sql') }} union all select * from {{ ref('good') }}
