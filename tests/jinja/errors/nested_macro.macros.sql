{% macro f() %}
{% macro g() %}{% endmacro %}
{% endmacro %}
