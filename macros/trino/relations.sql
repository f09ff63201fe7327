{# DDL as Trino wants it: no transactions around DDL, no `cascade`, one statement at a time. #}

{% macro trino__create_schema(relation) -%}
    {%- call statement('create_schema') -%}
        create schema if not exists {{ relation.without_identifier() }}
    {%- endcall -%}
{%- endmacro %}

{% macro trino__drop_schema(relation) -%}
    {%- call statement('drop_schema') -%}
        drop schema if exists {{ relation.without_identifier() }} cascade
    {%- endcall -%}
{%- endmacro %}

{# There are no temporary tables: a temporary relation is a plain one, dropped when done. #}
{% macro trino__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- set contract = config.get('contract') -%}
    {%- set properties = config.get('properties') or {} -%}
    {{ config.get('sql_header') or '' }}
    {%- if contract and contract.enforced and not temporary %}
        {{ get_assert_columns_equivalent(compiled_code) }}
    {%- endif %}
    create table {{ relation }}
    {%- if properties %}
    with (
        {%- for name, value in properties.items() %}
        {{ name }} = {{ value }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
    {%- endif %}
    as (
        {{ get_select_subquery(compiled_code) if contract and contract.enforced and not temporary else compiled_code }}
    )
{%- endmacro %}

{% macro trino__create_view_as(relation, sql) -%}
    {%- set contract = config.get('contract') -%}
    {{ config.get('sql_header') or '' }}
    {%- if contract and contract.enforced %}
        {{ get_assert_columns_equivalent(sql) }}
    {%- endif %}
    create or replace view {{ relation }}
    security {{ config.get('view_security', 'definer') }}
    as
    {{ sql }}
{%- endmacro %}

{# `create or replace` takes the place of a view; only another kind of relation must go first. #}
{% macro trino__replace_existing_for_view(existing_relation, target_relation) -%}
    {%- if existing_relation is not none and not existing_relation.is_view -%}
        {%- do drop_relation_in_transaction(existing_relation) -%}
    {%- endif -%}
{%- endmacro %}

{% macro trino__drop_table(relation) -%}
    drop table if exists {{ relation.render() }}
{%- endmacro %}

{% macro trino__drop_view(relation) -%}
    drop view if exists {{ relation.render() }}
{%- endmacro %}

{% macro trino__drop_materialized_view(relation) -%}
    drop materialized view if exists {{ relation.render() }}
{%- endmacro %}

{% macro trino__rename_relation(from_relation, to_relation) -%}
    {%- call statement('rename_relation') -%}
        alter {{ 'view' if from_relation.is_view else 'table' }} {{ from_relation }} rename to {{ to_relation }}
    {%- endcall -%}
{%- endmacro %}

{% macro trino__get_rename_table_sql(relation, new_name) -%}
    alter table {{ relation }} rename to {{ relation.incorporate(path={'identifier': new_name}) }}
{%- endmacro %}

{% macro trino__get_rename_view_sql(relation, new_name) -%}
    alter view {{ relation }} rename to {{ relation.incorporate(path={'identifier': new_name}) }}
{%- endmacro %}

{% macro trino__truncate_relation(relation) -%}
    {%- call statement('truncate_relation') -%}
        delete from {{ relation.render() }}
    {%- endcall -%}
{%- endmacro %}

{% macro trino__make_temp_relation(base_relation, suffix='__dbt_tmp') -%}
    {{ return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix ~ py_current_timestring()}, type='table')) }}
{%- endmacro %}

{% macro trino__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
    {%- for column in add_columns or [] -%}
        {%- do run_query('alter table ' ~ relation ~ ' add column ' ~ column.quoted ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {%- for column in remove_columns or [] -%}
        {%- do run_query('alter table ' ~ relation ~ ' drop column ' ~ column.quoted) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro trino__alter_column_type(relation, column_name, new_column_type) -%}
    {%- call statement('alter_column_type') -%}
        alter table {{ relation }} alter column {{ adapter.quote(column_name) }} set data type {{ new_column_type }}
    {%- endcall -%}
{%- endmacro %}

{% macro trino__get_columns_in_relation(relation) -%}
    {%- call statement('get_columns_in_relation', fetch_result=true) -%}
        select
            column_name,
            data_type,
            cast(null as integer) as character_maximum_length,
            cast(null as integer) as numeric_precision,
            cast(null as integer) as numeric_scale
        from {{ relation.information_schema('columns') }}
        where table_schema = lower('{{ relation.schema }}')
          and table_name = lower('{{ relation.identifier }}')
        order by ordinal_position
    {%- endcall -%}
    {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{%- endmacro %}

{% macro trino__list_schemas(database) -%}
    {{ return(run_query('select distinct schema_name from ' ~ information_schema_name(database) ~ '.schemata')) }}
{%- endmacro %}

{% macro trino__check_schema_exists(information_schema, schema) -%}
    {%- set sql -%}
        select count(*)
        from {{ information_schema }}.schemata
        where schema_name = lower('{{ schema }}')
    {%- endset -%}
    {{ return(run_query(sql)) }}
{%- endmacro %}

{% macro trino__list_relations_without_caching(schema_relation) -%}
    {%- set sql -%}
        select
            table_catalog as database,
            table_name as name,
            table_schema as schema,
            case table_type when 'VIEW' then 'view' else 'table' end as type
        from {{ schema_relation.information_schema('tables') }}
        where table_schema = lower('{{ schema_relation.schema }}')
    {%- endset -%}
    {{ return(run_query(sql)) }}
{%- endmacro %}

{% macro trino__alter_relation_comment(relation, relation_comment) -%}
    comment on {{ relation.type }} {{ relation }} is '{{ escape_single_quotes(relation_comment) }}'
{%- endmacro %}

{% macro trino__alter_column_comment(relation, column_dict) -%}
    {%- set existing = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {%- for column in validate_doc_columns(relation, column_dict, existing).values() if column['description'] -%}
        {%- set name = adapter.quote(column['name']) if column.get('quote') else column['name'] -%}
        {%- do run_query('comment on column ' ~ relation ~ '.' ~ name ~ " is '" ~ escape_single_quotes(column['description']) ~ "'") -%}
    {%- endfor -%}
{%- endmacro %}

{% macro trino__get_incremental_default_sql(arg_dict) -%}
    {{ return(get_incremental_append_sql(arg_dict)) }}
{%- endmacro %}
