{{ config(pre_hook='create or replace table hooked_before as select 1 as one', post_hook='create or replace table hooked_after as select count(*) as number from {{ this }}') }}
select * from {{ ref('orders') }}
