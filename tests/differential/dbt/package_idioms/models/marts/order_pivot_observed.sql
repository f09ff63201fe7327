-- depends_on: {{ ref('orders') }}
{% set statuses = kit.column_values(ref('orders'), 'status', order_by='count(*) desc, status') %}
select
    customer,
    {% for status in statuses -%}
    count(*) filter (where status = '{{ status }}') as n_{{ status | lower | replace(' ', '_') }}{{ ", -- " ~ loop.index if not loop.last }}
    {% endfor %}
from {{ ref('stg_orders') }}
group by customer
