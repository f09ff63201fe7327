{% set step = var('step', 1) %}
{% if step == 1 %}
select 1 as id, 'north' as region, 10 as amount, timestamp '2024-01-01' as changed_at, 'x' as dropped_later
union all select 2, 'north', 20, timestamp '2024-01-01', 'y'
union all select 3, 'south', 30, timestamp '2024-01-02', null
union all select null, 'none', 40, timestamp '2024-01-02', 'z'
{% elif step == 2 %}
-- 1 changed, 2 changed without saying so, 3 is gone, 4 is new
select 1 as id, 'north' as region, 11 as amount, timestamp '2024-01-03' as changed_at, 'x' as dropped_later
union all select 2, 'north', 22, timestamp '2024-01-01', 'y'
union all select 4, 'west', 40, timestamp '2024-01-04', 'v'
{% elif step == 3 %}
-- a column is gone, one is new, 3 is back with an older time
select 1 as id, 'north' as region, 12 as amount, timestamp '2024-01-05' as changed_at, 'new' as "Added Column"
union all select 2, 'south', 23, timestamp '2024-01-06', null
union all select 3, 'south', 31, timestamp '2024-01-02', 'back'
union all select 4, 'west', 40, timestamp '2024-01-04', 'v'
{% elif step == 4 %}
-- nothing at all
select 1 as id, 'north' as region, 12 as amount, timestamp '2024-01-05' as changed_at, 'new' as "Added Column" where false
{% else %}
select 1 as id, 'north' as region, 12.5 as amount, timestamp '2024-01-09' as changed_at, 'new' as "Added Column"
union all select 9, null, null, null, null
{% endif %}
