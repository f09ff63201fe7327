select * from {{ ref('between') }}
