{{ config(tags=['quick'], store_failures=true, alias='kept_rows') }}
select 1 as a where false
