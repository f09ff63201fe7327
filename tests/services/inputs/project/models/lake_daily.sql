{{ config(tags=['lake']) }}
select day, count(*) as n, sum(amount)::bigint as revenue from {{ source('lake', 'orders') }} group by day
