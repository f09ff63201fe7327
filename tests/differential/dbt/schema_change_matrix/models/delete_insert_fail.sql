{{ config(incremental_strategy='delete+insert', on_schema_change='fail', unique_key='id') }}
{{ rows() }}
