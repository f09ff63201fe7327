{{ config(incremental_strategy='append', on_schema_change='append_new_columns') }}
{{ rows() }}
