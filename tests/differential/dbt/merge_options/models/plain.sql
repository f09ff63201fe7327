{{ config(incremental_strategy='merge', unique_key='id') }}
{{ arrivals() }}
