{# DuckDB reads the seed's file itself, unless the seed says `fast: false`. #}

{% macro duckdb__load_csv_rows(model, agate_table) -%}
    {%- if not config.get('fast', true) -%}
        {{ return(default__load_csv_rows(model, agate_table)) }}
    {%- endif -%}
    {%- set path = adapter.get_seed_file_path(model) -%}
    {%- set delimiter = config.get('delimiter', ',') -%}
    {%- set sql %}
          COPY {{ this.render() }} FROM '{{ adapter.escape_sql_string(path) }}' (FORMAT CSV, HEADER TRUE, DELIMITER '{{ adapter.escape_sql_string(delimiter) }}')
        {% endset -%}
    {%- do adapter.add_query(sql, bindings=none, abridge_sql_log=true) -%}
    {{ return(sql) }}
{%- endmacro %}

{# A unique index of DuckDB still knows the keys of rows that the same transaction deleted: the table
   is made anew, with its columns. #}
{% macro duckdb__prepare_refill(relation) -%}
    {%- if refills_indexes() -%}
        {%- call statement('prepare_refill') -%}
            create or replace table {{ relation.render() }} as select * from {{ relation.render() }} where false
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__refills_indexes() -%}
    {{ return(config.get('indexes', []) | length > 0) }}
{%- endmacro %}

{% macro duckdb__get_binding_char() -%}
    {{ return(adapter.get_binding_char()) }}
{%- endmacro %}

{% macro duckdb__get_batch_size() -%}
    {{ return(10000) }}
{%- endmacro %}
