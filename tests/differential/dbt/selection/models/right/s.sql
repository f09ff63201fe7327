select * from {{ source('raw', 'numbers') }}
