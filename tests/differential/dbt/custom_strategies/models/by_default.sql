{{ config(unique_key='id', incremental_predicates=['true']) }}
select 1 as id, 'first' as word union all select 2, '{{ is_incremental() }}'
