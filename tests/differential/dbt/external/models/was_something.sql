{{ config(materialized=var('kind', 'external')) }}
select {{ var('orders', 5) }} as number
