{{ config(incremental_strategy='delete+insert', unique_key=['region', 'day']) }}
{{ arrivals() }}
