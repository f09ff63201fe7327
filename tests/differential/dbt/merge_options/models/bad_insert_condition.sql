{{ config(incremental_strategy='merge', unique_key='id', merge_insert_condition=['a']) }}
{{ arrivals() }}
