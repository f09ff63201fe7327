{% macro quoted(value) %}'{{ value | string | replace("'", "''") }}'{% endmacro %}
