select * from {{ source('landing', 'odd') }} union all select * from {{ source('landing', 'plain') }} union all select * from {{ source('elsewhere', 'plain') }}
