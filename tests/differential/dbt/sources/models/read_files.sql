{{ config(materialized='table') }}
select 'ext' as file, id, name from {{ source('files', 'ext') }} union all
select 'both', id, name from {{ source('files', 'both') }} union all
select 'formatted', id, name from {{ source('files', 'formatted') }}
