select id, was_from, was_to from {{ ref('renamed') }} union all select id, dbt_valid_from, dbt_valid_to from {{ ref('unconfigured') }}
