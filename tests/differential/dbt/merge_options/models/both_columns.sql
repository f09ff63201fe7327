{{ config(incremental_strategy='merge', unique_key='id', merge_exclude_columns=['amount'], merge_update_columns=['day']) }}
{{ arrivals() }}
