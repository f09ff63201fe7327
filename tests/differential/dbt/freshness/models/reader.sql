select id from {{ source('by_level', 'fresh') }}
