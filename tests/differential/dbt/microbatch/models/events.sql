{{ config(materialized='table', event_time='happened_at') }}
select
    i as id,
    timestamp '2024-01-01' + interval (i * 5) hour as happened_at,
    i * {{ var('factor', 10) }} as amount
from range({{ var('events', 20) }}) as t (i)
