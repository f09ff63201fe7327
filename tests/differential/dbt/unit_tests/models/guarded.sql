select id from {{ ref('p') }}
