{% macro same_name() %}'root'{% endmacro %}
