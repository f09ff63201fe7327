{{ config(enabled=target.name == 'reading', database='fixed', schema='no') }}
select 1 as n
