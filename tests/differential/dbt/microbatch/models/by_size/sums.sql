{{ config(batch_size='day', event_time='day', concurrent_batches=false) }}
select date_trunc('day', happened_at)::date as day, sum(amount) as amount from {{ ref('events') }} group by 1
