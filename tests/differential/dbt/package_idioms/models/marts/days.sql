{{ config(materialized='table') }}
with spine as (
    {{ dbt.date_spine('day', "cast('2024-01-01' as date)", "cast('2024-01-11' as date)") }}
), extra as (
    {{ kit.numbers(5) }}
)
select
    cast(date_day as date) as day,
    {{ dbt.date_trunc('month', 'date_day') }} as month,
    {{ dbt.datediff("'2024-01-01'::date", 'date_day', 'day') }} as age,
    {{ dbt.dateadd('week', 1, 'date_day') }} as next_week,
    {{ dbt.last_day('date_day', 'month') }} as month_end,
    n
from spine left join extra on extra.n = {{ dbt.datediff("'2024-01-01'::date", 'date_day', 'day') }}
