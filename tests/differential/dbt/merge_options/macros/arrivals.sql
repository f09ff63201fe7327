{% macro arrivals() -%}
{%- if var('day', 1) == 1 -%}
select * from (values (1, 'a', 10, date '2026-01-01'), (2, 'b', 20, date '2026-01-01'), (null, 'n', 5, date '2026-01-01')) as t (id, region, amount, day)
{%- else -%}
select * from (values (2, 'b', 25, date '2026-01-02'), (3, 'c', 30, date '2026-01-02'), (4, 'd', -1, date '2026-01-02'), (null, 'n', 6, date '2026-01-02')) as t (id, region, amount, day)
{%- endif -%}
{%- endmacro %}
