{{ config(enabled=var('show_hidden', false)) }}
select 1 as a
