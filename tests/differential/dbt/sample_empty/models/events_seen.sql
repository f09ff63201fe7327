{{ config(materialized='view', event_time='happened_at') }}
select * from {{ ref('events') }}
