{% set step = var('step', 1) %}
{% if step == 1 %}
select 1 as id, 'a' as name, timestamp '2024-01-01' as seen_at union all select 2, 'b', timestamp '2024-01-01'
{% elif step == 2 %}
select 1 as id, 'A' as name, timestamp '2024-01-02' as seen_at
{% elif step == 3 %}
select 1 as id, 'A' as name, timestamp '2024-01-02' as seen_at, true as "added" union all select 2, 'b', timestamp '2024-01-01', false
{% else %}
select 3 as id, 'c' as name, timestamp '2024-01-04' as seen_at, true as "added"
{% endif %}
