{{ config(full_refresh=false) }}
select {{ var('day', 1) }} as day
