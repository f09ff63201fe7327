{% macro number() %}1 + {{ two.number() }}{% endmacro %}
