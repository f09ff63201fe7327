{{ config(tags=['objects'], meta={'sluice': {'incremental': 'auto'}}) }}
select currency, rate from {{ source('objects', 'rates') }}
