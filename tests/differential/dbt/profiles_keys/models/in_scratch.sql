{{ config(enabled=target.name == 'attached', database='scratch', schema='deep', materialized='view') }}
select 3 as id
