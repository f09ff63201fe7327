{% macro outer(x) %}
  -- comment
  {{ inner(x) }}
{% endmacro %}

{% macro inner(y) %}
  {{ y + "a" }}
{% endmacro %}
