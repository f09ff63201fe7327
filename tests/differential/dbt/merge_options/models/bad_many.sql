{{ config(incremental_strategy='merge', unique_key='id', merge_update_condition=3, merge_insert_condition=3, merge_clauses=[1]) }}
{{ arrivals() }}
