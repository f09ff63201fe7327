{{ config(materialized='ephemeral') }}
select id, happened_at from {{ ref('events') }} where id % 2 = 0
