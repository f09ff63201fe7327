select id, {{ word() }} as word, {{ dbt.type_string() | length }} as length from {{ ref('sd') }}
