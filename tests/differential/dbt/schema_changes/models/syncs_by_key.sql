{{ config(on_schema_change='sync_all_columns', unique_key='flag', incremental_strategy='merge') }}
{{ changing_rows() }}
