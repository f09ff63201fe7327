{{ config(incremental_strategy='merge', unique_key='id', merge_update_set_expressions={'amount': 'DBT_INTERNAL_DEST.amount + DBT_INTERNAL_SOURCE.amount', 'region': "upper(DBT_INTERNAL_SOURCE.region)"}) }}
{{ arrivals() }}
