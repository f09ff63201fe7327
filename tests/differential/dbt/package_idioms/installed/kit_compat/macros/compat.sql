{% macro duckdb__clean_text(column) -%}
    coalesce(trim({{ column }}), '{{ kit.null_text() }}')
{%- endmacro %}
