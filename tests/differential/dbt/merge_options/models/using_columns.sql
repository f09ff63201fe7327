{{ config(incremental_strategy='merge', merge_on_using_columns=['id', 'region']) }}
{{ arrivals() }}
