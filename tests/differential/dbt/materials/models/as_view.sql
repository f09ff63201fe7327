{{ config(materialized = "view", alias='a_view', schema='extra') }}

select region, count(*) as n
from {{ ref('as_table') }}
group by all
