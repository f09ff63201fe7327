{{ config(incremental_strategy='merge', unique_key='id', merge_exclude_columns=['id', 'day'], merge_update_set_expressions={'amount': 'DBT_INTERNAL_DEST.amount + DBT_INTERNAL_SOURCE.amount'}) }}
{{ arrivals() }}
