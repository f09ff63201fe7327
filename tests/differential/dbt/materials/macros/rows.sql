{# The rows that arrive on a day: later days change what earlier ones brought. #}
{% macro arrivals() %}
  {%- set day = var('day', 1) -%}
  select * from (values
    (1, 'north', 10 * {{ day }}, date '2026-01-01'),
    (2, 'south', 20 * {{ day }}, date '2026-01-0{{ day }}'),
    ({{ day + 2 }}, 'east', 5, date '2026-01-0{{ day }}')
  ) as t(id, region, amount, day)
{%- endmacro %}
