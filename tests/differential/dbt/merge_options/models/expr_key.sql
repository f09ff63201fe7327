{{ config(incremental_strategy='merge', unique_key="region", incremental_predicates='DBT_INTERNAL_DEST.id is not null') }}
{{ arrivals() }}
