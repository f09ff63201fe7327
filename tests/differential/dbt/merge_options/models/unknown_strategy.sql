{{ config(incremental_strategy='nowhere') }}
{{ arrivals() }}
