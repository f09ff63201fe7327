{{ config(materialized='ephemeral') }}
select id, code, amount from {{ ref('raw_orders') }} where paid
