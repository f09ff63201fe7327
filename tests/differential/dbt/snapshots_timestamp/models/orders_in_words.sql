{{ config(materialized='ephemeral') }}
select id, region || ' of ' || amount as words, changed_at from {{ ref('orders') }}
