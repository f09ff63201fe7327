{{ config(materialized='ephemeral') }}

with summed as (
    select region, sum(amount) as amount from {{ ref('raw_rows') }} group by 1
)
select * from summed
