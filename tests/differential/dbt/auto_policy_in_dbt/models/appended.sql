{{ config(meta={'sluice': {'incremental': 'off'}}) }}
select count(*) as n from {{ ref('plain') }}
