{{ config(materialized='ephemeral') }}
{{ arrivals() }}
