{{ config(materialized='table', schema='sales', alias='sold') }}
select * from {{ ref('plain') }}
