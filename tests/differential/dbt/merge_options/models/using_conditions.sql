{{ config(incremental_strategy='merge', merge_on_using_columns=['id'], merge_update_condition='true', merge_insert_condition='true') }}
{{ arrivals() }}
