{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='order_date',
        on_schema_change='append_new_columns',
        tags=['demo_02']
    )
}}

select
    order_date,
    sum(revenue) as daily_revenue,
    count(distinct order_id) as daily_orders
from {{ ref('stg_orders_v2') }}
{% if is_incremental() %}
where {{ in_window('order_date') }}
{% endif %}
group by order_date
