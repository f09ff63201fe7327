{% macro loops(n) %}{{ loops(n + 1) }}{% endmacro %}
