{{ config(enabled=target.name in ['attached', 'lake'], database='lake' if target.name == 'attached' else target.database, materialized='incremental', incremental_strategy='append') }}
select count(*) as n, {{ adapter.is_ducklake(this) | int }} as is_lake from {{ ref('in_lake') }}
