{{ config(materialized='table', event_time='happened_at') }}
select i as id, timestamp '2024-01-01' + interval (i * 6) hour as happened_at from range(40) as t (i)
