{{ config(materialized='table') }} select 1 as id, 'x' as name, 1.5::decimal(4, 1) as amount
