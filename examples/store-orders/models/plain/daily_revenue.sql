{{ config(materialized='incremental') }}

select
    make_date(year, month, date) as order_date,  -- the day in the path
    sum(revenue::decimal(18, 2)) as daily_revenue,
    count(distinct order_id) as daily_orders,
    count(distinct buyer_id) as daily_buyers
from {{ source('store', 'transactions') }}
group by all
