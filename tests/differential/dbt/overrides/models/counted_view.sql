{{ config(materialized='counted', label='two', least=2) }}
select * from {{ ref('plain') }} union all select * from {{ ref('plain') }}
