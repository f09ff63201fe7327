{{ config(incremental_strategy='delete+insert', unique_key='id', incremental_predicates=['id > 0', 'amount < 100']) }}
{{ arrivals() }}
