{{ config(materialized='table') }}
select * from {{ ref('table_of') }}(1) union all select * from {{ ref('table_of') }}(1, y := 10)
union all select * from {{ ref('table_of_one') }}(7) union all select * from {{ ref('table_of_none') }}()
