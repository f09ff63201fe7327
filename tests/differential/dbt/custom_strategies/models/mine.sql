{{ config(incremental_strategy='mine', unique_key=['id']) }}
select 1 as id, 'first' as word union all select 2, '{{ is_incremental() }}'
