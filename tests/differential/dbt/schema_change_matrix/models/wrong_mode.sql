{{ config(incremental_strategy='append', on_schema_change='nonsense') }}
select 1 as id, {{ var('step') }} as step
