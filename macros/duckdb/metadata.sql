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

{# Tables, views and their columns with comments: the catalog artifact's rows. `condition` speaks of
   table_schema and table_name. #}
{% macro duckdb__catalog_sql(condition) -%}
    with relations as (
        select database_name, schema_name, table_name, 'BASE TABLE' as table_type, comment
        from duckdb_tables()
        where not temporary
        union all
        select database_name, schema_name, view_name, 'VIEW', comment
        from duckdb_views()
        where not internal
    )
    select
        relations.database_name as table_database,
        relations.schema_name as table_schema,
        relations.table_name as table_name,
        relations.table_type as table_type,
        relations.comment as table_comment,
        columns.column_name as column_name,
        columns.column_index as column_index,
        columns.data_type as column_type,
        columns.comment as column_comment,
        null as table_owner
    from relations
    join duckdb_columns() as columns
        on columns.database_name = relations.database_name
        and columns.schema_name = relations.schema_name
        and columns.table_name = relations.table_name
    where {{ condition }}
    order by table_schema, table_name, column_index
{%- endmacro %}

{% macro duckdb__get_catalog(information_schema, schemas) -%}
    {%- set conditions = [] -%}
    {%- for schema in schemas -%}
        {%- do conditions.append("upper(relations.schema_name) = upper('" ~ schema ~ "')") -%}
    {%- endfor -%}
    {{ return(run_query(duckdb__catalog_sql(
        "upper(relations.database_name) = upper('" ~ information_schema.database ~ "') and (" ~ ((conditions | join(' or ')) or 'false') ~ ')'))) }}
{%- endmacro %}

{% macro duckdb__get_catalog_relations(information_schema, relations) -%}
    {%- set conditions = [] -%}
    {%- for relation in relations -%}
        {%- set in_schema = "upper(relations.schema_name) = upper('" ~ relation.schema ~ "')" -%}
        {%- if relation.identifier -%}
            {%- do conditions.append('(' ~ in_schema ~ " and upper(relations.table_name) = upper('" ~ relation.identifier ~ "'))") -%}
        {%- else -%}
            {%- do conditions.append(in_schema) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(run_query(duckdb__catalog_sql(
        "upper(relations.database_name) = upper('" ~ information_schema.database ~ "') and (" ~ ((conditions | join(' or ')) or 'false') ~ ')'))) }}
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
