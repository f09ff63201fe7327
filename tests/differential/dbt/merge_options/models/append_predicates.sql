{{ config(incremental_strategy='append', incremental_predicates=['amount > 0']) }}
{{ arrivals() }}
