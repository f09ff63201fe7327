{{ config(incremental_strategy='delete+insert', unique_key='id', incremental_predicates=["day >= date '2026-01-02'"]) }}
{{ arrivals() }}
