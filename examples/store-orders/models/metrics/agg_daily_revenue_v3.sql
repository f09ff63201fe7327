{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='order_date',
        on_schema_change='append_new_columns',
        tags=['demo_03']
    )
}}

with daily as (
    select
        order_date,
        sum(revenue) as daily_revenue,
        count(distinct order_id) as daily_orders,
        count(distinct buyer_id) as daily_buyers
    from {{ ref('stg_orders_v2') }}
    {% if is_incremental() %}
    where {{ in_window('order_date') }}
    {% endif %}
    group by order_date
)

select
    order_date,
    daily_revenue,
    daily_orders,
    daily_buyers,
    {% if is_incremental() %}
    -- what the day before the window had reached
    coalesce(
        (select running_revenue from {{ this }} where order_date = date '{{ var("from_date") }}' - interval 1 day), 0
    ) +
    {% endif %}
    sum(daily_revenue) over (order by order_date) as running_revenue
from daily
