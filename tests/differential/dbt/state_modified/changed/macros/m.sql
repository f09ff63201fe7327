{% macro leaf() %}2{% endmacro %}
{% macro mid() %}{{ leaf() }}{% endmacro %}
{% macro top_() %}{{ mid() }}{% endmacro %}
{% macro unused() %}2{% endmacro %}
{% macro disp() %}{{ return(adapter.dispatch('disp')()) }}{% endmacro %}
{% macro default__disp() %}6{% endmacro %}
{% macro documented() %}5{% endmacro %}
{% macro switch() %}5{% endmacro %}
{% macro ws() %}5 {% endmacro %}
{% macro overridden() %}{{ dbt.type_string() }}{% endmacro %}
{% test gt(model, column_name, n=0) %}select * from {{ model }} where {{ column_name }} <= {{ n }}{% endtest %}
{% macro get_create_view_as_sql(relation, sql) %}x{% endmacro %}
