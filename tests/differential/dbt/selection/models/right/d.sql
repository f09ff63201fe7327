{{ config(group='team', tags=['nightly', 'hourly']) }}
select b.n from {{ ref('b') }} b join {{ ref('c') }} c using (n)
