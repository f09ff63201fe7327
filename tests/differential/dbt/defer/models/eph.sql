{{ config(materialized='ephemeral') }}select * from {{ ref('tab') }}
