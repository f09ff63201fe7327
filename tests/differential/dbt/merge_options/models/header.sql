{{ config(incremental_strategy='merge', unique_key='id', sql_header='select 1;') }}
{{ arrivals() }}
