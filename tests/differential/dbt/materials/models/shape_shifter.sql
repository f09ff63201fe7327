{{ config(materialized='table' if var('day', 1) == 1 else 'view') }}
select {{ var('day', 1) }} as day
