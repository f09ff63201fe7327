select * from {{ source('raw', 'numbers') }} where n > 100
