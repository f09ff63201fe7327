{{ config(incremental_strategy='merge') }}
{{ arrivals() }}
