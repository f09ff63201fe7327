{{ config(materialized='incremental') }}

select
    order_date,
    daily_revenue,
    daily_orders,
    daily_buyers,
    sum(daily_revenue) over (order by order_date) as running_revenue
from {{ ref('daily_revenue') }}
