{%- set source_relation = ref('orders') -%}
select
    {{ kit.surrogate_key(['order_id', 'customer']) }} as order_key,
    {{ kit.star(source_relation, except=['customer'], prefix='') }},
    {{ kit.clean_text('customer') }} as customer
from {{ source_relation }}
