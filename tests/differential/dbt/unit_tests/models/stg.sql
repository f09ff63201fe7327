{{ config(tags=['stg']) }}
select o.id, o.code, o.amount, o.paid, o.day, o.at, o.items, o.info, c.name
from {{ ref('raw_orders') }} o left join {{ ref('countries') }} c on c.code = o.code
where o.amount > {{ var('threshold') }}
