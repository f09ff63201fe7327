{# Indexes and constraints of a DuckDB table, asked of its catalog. #}

{% macro drop_indexes_on_relation(relation) -%}
    {%- call statement('get_indexes_on_relation', fetch_result=true, auto_begin=false) %}
    select index_name
    from duckdb_indexes()
    where lower(database_name) = lower('{{ relation.database }}')
      and lower(schema_name) = lower('{{ relation.schema }}')
      and lower(table_name) = lower('{{ relation.identifier }}')
    {% endcall -%}
    {%- for row in load_result('get_indexes_on_relation').table.rows -%}
        {%- call statement('drop_index') %}
        drop index {{ adapter.quote(relation.schema) }}.{{ adapter.quote(row[0]) }}
        {% endcall -%}
    {%- endfor -%}
{%- endmacro %}

{# One text or a list of texts, as a list; empty for none. #}
{% macro normalize_string_or_list(raw, field_name) -%}
    {%- if raw is none or raw is undefined -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set given = [raw] if raw is string else raw -%}
    {%- if given is mapping or given is not iterable -%}
        {{ exceptions.raise_compiler_error(field_name ~ ' must be a string or a list of strings, got: ' ~ raw) }}
    {%- endif -%}
    {{ return(given | list) }}
{%- endmacro %}
