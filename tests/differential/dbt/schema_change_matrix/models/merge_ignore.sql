{{ config(incremental_strategy='merge', on_schema_change='ignore', unique_key='id') }}
{{ rows() }}
