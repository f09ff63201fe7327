{{ config(materialized='table') }}
select count(*) as number from {{ ref('fails_sometimes') }}
