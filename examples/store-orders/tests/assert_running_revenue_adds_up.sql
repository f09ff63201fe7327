-- The running total of a day is that of the day before plus the day's revenue. Only warns: a hand-written window starts
-- the total anew when the day before the window has no row.
{{ config(severity='warn') }}

with steps as (
    select
        order_date,
        daily_revenue,
        running_revenue,
        lag(running_revenue, 1, 0) over (order by order_date) as running_revenue_before
    from {{ ref('agg_daily_revenue_v3') }}
)

select *
from steps
where abs(running_revenue - running_revenue_before - daily_revenue) > 0.01
