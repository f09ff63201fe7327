select *
from {{ ref('agg_daily_revenue_v3') }}
where order_date >= CURRENT_DATE() - INTERVAL 14 DAYS
order by order_date
