{{ config(materialized='table') }}
select id, amount, dbt_scd_id from {{ ref('orders_plain') }} where dbt_valid_to is null
