{{ config(incremental_strategy='merge', unique_key='id', merge_update_set_expressions=['id']) }}
{{ arrivals() }}
