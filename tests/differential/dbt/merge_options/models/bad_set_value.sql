{{ config(incremental_strategy='merge', unique_key='id', merge_update_set_expressions={'amount': 3}) }}
{{ arrivals() }}
