{{ config(materialized='audit_log', message='from model', pre_hook="{{ kit.note('before') }}", post_hook=["{{ kit.note('after') }}"]) }}
select 1 as id, 'x' as what
