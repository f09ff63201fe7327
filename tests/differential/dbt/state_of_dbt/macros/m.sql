{% macro word() %}'a'{% endmacro %}
