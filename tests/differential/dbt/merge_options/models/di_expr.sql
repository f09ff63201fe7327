{{ config(incremental_strategy='delete+insert', unique_key='coalesce(id, 0)') }}
{{ arrivals() }}
