{{ config(materialized='incremental') }}

select
    order_date,
    sum(revenue::decimal(18, 2)) as daily_revenue,
    count(distinct order_id) as daily_orders,
    count(distinct buyer_id) as daily_buyers
from {{ source('store', 'transactions') }}
group by all
