{# Step 2 has a column more, step 3 has lost the first one. #}
{% macro changing_rows() %}
select
  {{ var('step', 1) }} as id,
  {% if var('step', 1) < 3 -%} 'old' as old_column, {%- endif %}
  {% if var('step', 1) > 1 -%} 1.5 as "New Column", {%- endif %}
  true as flag
{% endmacro %}
