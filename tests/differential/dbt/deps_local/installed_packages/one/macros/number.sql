{% macro number() %}0{% endmacro %}
