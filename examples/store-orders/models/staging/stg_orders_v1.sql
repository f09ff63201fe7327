{{ config(materialized='table', tags=['demo_01']) }}

select
    order_id,
    buyer_id,
    order_date,
    order_timestamp,
    product_id,
    quantity,
    unit_price,
    revenue,
    payment_method
from {{ source('store', 'transactions') }}
