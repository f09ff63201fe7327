{{ config(incremental_strategy='merge', unique_key='id', merge_returning_columns=['merge_action', 'id']) }}
{{ arrivals() }}
