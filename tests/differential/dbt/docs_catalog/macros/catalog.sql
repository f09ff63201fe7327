{# The catalog comes through the project's macro, whichever dbt calls. #}
{% macro get_catalog_relations(information_schema, relations) %}
  {{ return(adapter.dispatch('get_catalog_relations', 'dbt')(information_schema, relations)) }}
{% endmacro %}
