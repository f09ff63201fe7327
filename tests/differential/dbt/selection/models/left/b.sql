{{ config(tags='nightly', materialized='table') }}
select * from {{ ref('a') }}
