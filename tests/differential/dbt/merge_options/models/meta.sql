{{ config(incremental_strategy='merge', unique_key='id', meta={'merge_update_columns': ['amount']}) }}
{{ arrivals() }}
