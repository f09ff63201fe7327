{{ config(full_refresh=true) }}
select {{ var('day', 1) }} as day
