{{ config(materialized='table', tags=['demo_01']) }}

select
    order_date,
    sum(revenue) as daily_revenue,
    count(distinct order_id) as daily_orders
from {{ ref('stg_orders_v1') }}
group by order_date
