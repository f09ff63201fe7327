{{ config(incremental_strategy='insert_new', unique_key='id') }}
{{ arrivals() }}
