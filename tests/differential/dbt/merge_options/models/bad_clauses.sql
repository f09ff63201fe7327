{{ config(incremental_strategy='merge', unique_key='id', merge_clauses=['a']) }}
{{ arrivals() }}
