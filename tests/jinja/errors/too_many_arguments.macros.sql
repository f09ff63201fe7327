{% macro f(a) %}{{ a }}{% endmacro %}
