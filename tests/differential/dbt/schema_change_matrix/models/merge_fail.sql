{{ config(incremental_strategy='merge', on_schema_change='fail', unique_key='id') }}
{{ rows() }}
