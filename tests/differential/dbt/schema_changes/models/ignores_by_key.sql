{{ config(on_schema_change='ignore', unique_key='flag', incremental_strategy='merge') }}
{{ changing_rows() }}
