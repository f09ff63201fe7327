{{ config(enabled=target.name == 'attached', database='second') }}
select 1 as id, 'second' as place
