{{ config(incremental_strategy='append') }}
select count(*) as n from {{ ref('plain') }}
