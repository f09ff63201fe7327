{{ config(incremental_strategy='delete+insert', on_schema_change='sync_all_columns', unique_key='id') }}
{{ rows() }}
