{{ config(on_schema_change='fail', unique_key='flag', incremental_strategy='merge') }}
{{ changing_rows() }}
