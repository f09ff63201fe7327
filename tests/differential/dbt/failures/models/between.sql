{{ config(materialized='ephemeral') }}
select * from {{ ref('bad_at_run') }}
