{{ config(incremental_strategy='append', on_schema_change='sync_all_columns') }}
{{ rows() }}
