{{ config(incremental_strategy='merge', unique_key='id', merge_clauses={}) }}
{{ arrivals() }}
