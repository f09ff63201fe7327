{{ config(on_schema_change='append_new_columns', unique_key='flag', incremental_strategy='merge') }}
{{ changing_rows() }}
