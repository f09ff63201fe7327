{{ config(incremental_strategy='delete+insert', on_schema_change='ignore', unique_key='id') }}
{{ rows() }}
