select
    customer,
    {{ kit.pivot('status', var('statuses'), agg='sum', then_value='amount', prefix='amount_', else_value=0) }}
from {{ ref('stg_orders') }}
{{ kit.group_by(1) }}
order by 1
