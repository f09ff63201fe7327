select id, name from {{ ref('wide') }}
