{{ config(incremental_strategy='merge', unique_key='id', merge_update_columns=['day', 'amount'], merge_update_set_expressions={'amount': 'DBT_INTERNAL_DEST.amount + DBT_INTERNAL_SOURCE.amount'}) }}
{{ arrivals() }}
