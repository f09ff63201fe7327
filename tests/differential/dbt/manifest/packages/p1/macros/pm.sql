{% macro pmac(a, b=1) %}{{ a }}{% endmacro %}
