{{ config(incremental_strategy='merge', unique_key='id', incremental_predicates=["DBT_INTERNAL_DEST.day >= date '2026-01-02'"]) }}
{{ arrivals() }}
