{% macro greet(name) %}{{ return(adapter.dispatch('greet', 'helper')(name)) }}{% endmacro %}
{% macro default__greet(name) %}'hello {{ name }}'{% endmacro %}
{% macro leave(name) %}{{ adapter.dispatch('leave', 'helper')(name) }}{% endmacro %}
{% macro default__leave(name) %}'bye {{ name }}'{% endmacro %}
{% macro duckdb__leave(name) %}'quack {{ name }}'{% endmacro %}
