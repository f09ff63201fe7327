{% macro default__greet(name) %}'greetings, {{ name }}'{% endmacro %}
{% macro duckdb__dateadd(datepart, interval, from_date_or_timestamp) %}date_add({{ from_date_or_timestamp }}, interval '{{ interval }} {{ datepart }}'){% endmacro %}
{% macro own_thing() %}{{ adapter.dispatch('own_thing')() }}{% endmacro %}
{% macro default__own_thing() %}'default'{% endmacro %}
{% macro duckdb__own_thing() %}'duckdb'{% endmacro %}
{% macro is_incremental() %}{{ return(true) }}{% endmacro %}
