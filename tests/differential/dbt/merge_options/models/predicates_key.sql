{{ config(incremental_strategy='merge', unique_key='id', predicates=['DBT_INTERNAL_DEST.id > 0']) }}
{{ arrivals() }}
