{{ config(materialized='table') }} select 'x' as id, 2 as b, 3 as extra
