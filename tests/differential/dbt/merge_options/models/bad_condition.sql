{{ config(incremental_strategy='merge', unique_key='id', merge_update_condition=3) }}
{{ arrivals() }}
