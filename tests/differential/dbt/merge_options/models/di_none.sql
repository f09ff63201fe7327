{{ config(incremental_strategy='delete+insert') }}
{{ arrivals() }}
