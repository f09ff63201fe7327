{{ config(incremental_strategy='delete+insert', unique_key=['id', 'region'], incremental_predicates=['DBT_INCREMENTAL_TARGET.id > 0', 'DBT_INCREMENTAL_TARGET.amount < 100']) }}
{{ arrivals() }}
