{{ config(incremental_strategy='append', on_schema_change='ignore') }}
{{ rows() }}
