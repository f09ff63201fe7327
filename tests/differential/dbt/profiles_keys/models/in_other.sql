{{ config(enabled=target.name == 'attached', database='other', materialized='incremental', unique_key='id') }}
select {{ 2 if is_incremental() else 1 }} as id
