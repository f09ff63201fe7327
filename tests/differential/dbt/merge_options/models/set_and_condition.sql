{{ config(incremental_strategy='merge', unique_key='id', merge_update_condition='DBT_INTERNAL_SOURCE.id < 3', merge_update_set_expressions={'amount': '0'}) }}
{{ arrivals() }}
