{{ config(materialized='table') }}
select 1 as id, 'x' as name, date '2026-01-02' as day, 2.50::decimal(10,2) as price, true as ok, null::varchar as nothing, [1, 2] as items, timestamp '2026-01-02 03:04:05' as at
