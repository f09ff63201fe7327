{{ config(tags=['objects']) }}
select dt, count(*) as n, sum(amount)::bigint as revenue from {{ source('objects', 'orders') }} group by dt
