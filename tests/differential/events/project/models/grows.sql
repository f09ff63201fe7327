{{ config(materialized='incremental') }} {% if execute %}{{ log('in a model', info=true) }}{% endif %} select * from {{ ref('numbers') }}
