{{ config(enabled=target.name in ['attached', 'lake']) }}
select 1 from {{ ref('merged') }} having bool_or(is_lake = 0) or max(n) not in (5, 10)
