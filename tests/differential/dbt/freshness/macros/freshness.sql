{% macro collect_freshness(source, loaded_at_field, filter) %}
  {% if source.identifier == 'landed' and filter == 'id > 1' %}{{ log('SEE: asked for ' ~ loaded_at_field ~ ' where ' ~ filter, info=true) }}{% endif %}
  {{ return(adapter.dispatch('collect_freshness', 'dbt')(source, loaded_at_field, filter)) }}
{% endmacro %}
