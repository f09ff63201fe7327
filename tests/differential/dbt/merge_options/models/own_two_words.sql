{{ config(incremental_strategy='two+words', incremental_predicates='ignored') }}
{{ arrivals() }}
