{{ config(enabled=target.name == 'reading') }}
select count(*) as n from fixed.att.in_other
