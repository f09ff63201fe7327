{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='order_id',
        on_schema_change='append_new_columns',
        tags=['demo_02', 'demo_03']
    )
}}

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
{% if is_incremental() %}
where {{ in_window('order_date') }}
{% endif %}
