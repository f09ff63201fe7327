{{ config(materialized='table', tags=['public']) }}
select 1 as id, 'x'::varchar as name, 1.5::decimal(10, 2) as amount, [1, 2] as list, {'a': 1} as struct, map {'a': 1} as map,
  date '2024-01-01' as day, timestamptz '2024-01-01 00:00:00+00' as moment, 1::hugeint as "Odd ""name"
