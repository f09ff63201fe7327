{{ config(incremental_strategy='merge', unique_key='id', merge_update_condition='true', merge_insert_condition='DBT_INTERNAL_SOURCE.amount > 0') }}
{{ arrivals() }}
