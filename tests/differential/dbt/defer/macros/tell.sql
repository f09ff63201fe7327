{% macro tell(name, values) %}
  {% do log('SEE' ~ ': ' ~ name ~ ' ' ~ values, info=true) %}
{% endmacro %}
