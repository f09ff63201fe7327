{{ config(materialized='table_function', parameters=['x', 'y := 3']) }}
select x + y as z
