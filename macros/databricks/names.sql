{# Unity Catalog has databases (catalogs), which plain Spark has not. #}

{% macro databricks__generate_database_name(custom_database_name=none, node=none) -%}
    {{ return(default__generate_database_name(custom_database_name, node)) }}
{%- endmacro %}
