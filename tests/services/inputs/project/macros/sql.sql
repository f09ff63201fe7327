{% macro sql(text) %}{% do run_query(text) %}{% endmacro %}
