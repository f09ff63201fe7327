{{ config(materialized='table') }} select * from {{ ref('between') }}
