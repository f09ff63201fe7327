{# The time that a run believes in, so that its tables are the same each time they are made. #}
{% macro duckdb__snapshot_get_time() %}
  timestamp '{{ var("now", "2024-02-01") }}'
{% endmacro %}
