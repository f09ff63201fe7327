{# Reading DuckDB's catalog. #}

{% macro duckdb__list_schemas(database) -%}
    {%- call statement('list_schemas', fetch_result=true, auto_begin=false) %}
    select schema_name
    from system.information_schema.schemata
    where lower(catalog_name) = lower('{{ database | replace('"', '') }}')
    {% endcall -%}
    {{ return(load_result('list_schemas').table) }}
{%- endmacro %}

{% macro duckdb__check_schema_exists(information_schema, schema) -%}
    {%- call statement('check_schema_exists', fetch_result=true, auto_begin=false) %}
    select count(*)
    from system.information_schema.schemata
    where lower(schema_name) = lower('{{ schema }}')
      and lower(catalog_name) = lower('{{ information_schema.database }}')
    {% endcall -%}
    {{ return(load_result('check_schema_exists').table) }}
{%- endmacro %}

{% macro duckdb__list_relations_without_caching(schema_relation) -%}
    {%- call statement('list_relations_without_caching', fetch_result=true) %}
    select
      '{{ schema_relation.database }}' as database,
      table_name as name,
      table_schema as schema,
      case table_type
        when 'VIEW' then 'view'
        else 'table'
      end as type
    from system.information_schema.tables
    where lower(table_schema) = lower('{{ schema_relation.schema }}')
      and lower(table_catalog) = lower('{{ schema_relation.database }}')
    {% endcall -%}
    {{ return(load_result('list_relations_without_caching').table) }}
{%- endmacro %}

{# The catalog artifact's rows: tables and views, their columns, both joined; each a part that a
   project can override. #}
{% macro duckdb__get_catalog_tables_sql(information_schema) -%}
    select *
    from (
        select
            t.database_name as table_database,
            t.schema_name as table_schema,
            t.table_name as table_name,
            'BASE TABLE' as table_type,
            t.comment as table_comment
        from duckdb_tables() t
        where upper(t.database_name) = upper('{{ information_schema.database }}')

        union all

        select
            v.database_name as table_database,
            v.schema_name as table_schema,
            v.view_name as table_name,
            'VIEW' as table_type,
            v.comment as table_comment
        from duckdb_views() v
        where upper(v.database_name) = upper('{{ information_schema.database }}')
    ) catalog_tables
{%- endmacro %}

{% macro duckdb__get_catalog_columns_sql(information_schema) -%}
    select *
    from (
        select
            c.database_name as table_database,
            c.schema_name as table_schema,
            c.table_name as table_name,
            c.column_name as column_name,
            c.column_index as column_index,
            c.data_type as column_type,
            c.comment as column_comment
        from duckdb_columns() c
        where upper(c.database_name) = upper('{{ information_schema.database }}')
    ) catalog_columns
{%- endmacro %}

{% macro duckdb__get_catalog_results_sql() -%}
    select
        tables.table_database,
        tables.table_schema,
        tables.table_name,
        tables.table_type,
        tables.table_comment,
        columns.column_name,
        columns.column_index,
        columns.column_type,
        columns.column_comment,
        null as table_owner
    from tables
    join columns using (table_database, table_schema, table_name)
    order by table_schema, table_name, column_index
{%- endmacro %}

{% macro duckdb__get_catalog_schemas_where_clause_sql(schemas) %}
        where ({% for schema in schemas %}{{ ' or ' if not loop.first }}upper(table_schema) = upper('{{ schema }}'){% endfor %})
    {% endmacro %}

{% macro duckdb__get_catalog_relations_where_clause_sql(relations) %}
        where (
{% for relation in relations %}
                (
                    upper(table_schema) = upper('{{ relation.schema }}')
                    {%- if relation.identifier %}
                    and upper(table_name) = upper('{{ relation.identifier }}')
                    {%- endif %}
                ){{ ' or' if not loop.last }}
{%- endfor %})
    {% endmacro %}

{% macro duckdb__catalog(information_schema, condition) -%}
    {%- set sql -%}
    with tables as (
        {{ duckdb__get_catalog_tables_sql(information_schema) }}
        {{ condition }}
    ),
    columns as (
        {{ duckdb__get_catalog_columns_sql(information_schema) }}
        {{ condition }}
    )
    {{ duckdb__get_catalog_results_sql() }}
    {%- endset -%}
    {{ return(run_query(sql)) }}
{%- endmacro %}

{% macro duckdb__get_catalog(information_schema, schemas) -%}
    {{ return(duckdb__catalog(information_schema, duckdb__get_catalog_schemas_where_clause_sql(schemas) if schemas else 'where false')) }}
{%- endmacro %}

{% macro duckdb__get_catalog_relations(information_schema, relations) -%}
    {{ return(duckdb__catalog(information_schema, duckdb__get_catalog_relations_where_clause_sql(relations) if relations else 'where false')) }}
{%- endmacro %}

{# A comment is quoted by a tag that no text contains by accident. #}
{% macro duckdb_escape_comment(comment) -%}
    {%- if comment is not string -%}
        {{ exceptions.raise_compiler_error('cannot escape a non-string: ' ~ comment) }}
    {%- endif -%}
    {%- set tag = '$dbt_comment_literal_block$' -%}
    {%- if tag in comment -%}
        {{ exceptions.raise_compiler_error('The string ' ~ tag ~ ' is not allowed in comments.') }}
    {%- endif -%}
    {{ return(tag ~ comment ~ tag) }}
{%- endmacro %}

{% macro duckdb__alter_relation_comment(relation, comment) %}
  {% set literal = duckdb_escape_comment(comment) %}
  comment on {{ relation.type }} {{ relation }} is {{ literal }};
{% endmacro %}

{# Only columns spelled as they are in the table get their comment. #}
{% macro duckdb__alter_column_comment(relation, column_dict) %}
  {% set existing = adapter.get_columns_in_relation(relation) | map(attribute='name') | list %}
  {% for column in validate_doc_columns(relation, column_dict, existing).values() if column['name'] in existing %}
    {%- set name = adapter.quote(column['name']) if column.get('quote') else column['name'] %}
    comment on column {{ relation }}.{{ name }} is {{ duckdb_escape_comment(column['description']) }};
  {%- endfor %}
{% endmacro %}
