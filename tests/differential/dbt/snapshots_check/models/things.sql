{% set step = var('step', 1) %}
{% if step == 1 %}
select 1 as id, 'a' as "Name", 10 as size, date '2024-01-01' as day, timestamp '2024-01-01' as changed_at
union all select 2, null, 20, null, timestamp '2024-01-01'
union all select 3, 'c', 300, date '2024-01-03', timestamp '2024-01-01'
{% elif step == 2 %}
select 1 as id, 'a' as "Name", 110 as size, date '2024-01-01' as day, timestamp '2024-01-02' as changed_at
union all select 2, 'b', 21, null, timestamp '2024-01-02'
union all select 4, 'd', 40, null, timestamp '2024-01-02'
{% else %}
select 1 as id, null as "Name", 110 as size, date '2024-01-01' as day, timestamp '2024-01-03' as changed_at, [1, 2] as added
union all select 2, 'b', 21, null, timestamp '2024-01-03', null
union all select 3, 'c', 300, date '2024-01-03', timestamp '2024-01-03', [3]
{% endif %}
