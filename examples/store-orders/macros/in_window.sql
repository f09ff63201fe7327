{# The condition that a day lies in the window of this run. #}
{% macro in_window(column) -%}
{{ column }} between date '{{ var("from_date") }}' and date '{{ var("to_date") }}'
{%- endmacro %}
