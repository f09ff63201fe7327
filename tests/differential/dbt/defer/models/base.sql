select id, '{{ target.name }}' as t from {{ ref('sd') }}
