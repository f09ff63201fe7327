{# DDL as DuckDB wants it. DDL is transactional there: what fails inside a model's transaction never
   was. #}

{% macro duckdb__create_schema(relation) -%}
    {%- call statement('create_schema') %}
    create schema if not exists {{ relation.without_identifier() }}
    {% endcall -%}
{%- endmacro %}

{% macro duckdb__drop_schema(relation) -%}
    {%- call statement('drop_schema') %}
    drop schema if exists {{ relation.without_identifier() }}{{ duckdb_cascade(relation) }}
    {% endcall -%}
{%- endmacro %}

{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
    {%- set partitioned_by = partitioned_by or duckdb__get_partitioned_by(relation, temporary) -%}
    {%- set sorted_by = sorted_by or duckdb__get_sorted_by(relation, temporary) -%}
    {%- if language == 'python' -%}
        {{ return(py_write_table(temporary, relation, compiled_code, partitioned_by=partitioned_by, sorted_by=sorted_by)) }}
    {%- elif language != 'sql' -%}
        {{ exceptions.raise_compiler_error('duckdb__create_table_as macro does not support the language ' ~ language) }}
    {%- endif -%}
    {%- set contract = config.get('contract') -%}
    {%- set layout = duckdb_layout_statements(relation, partitioned_by, sorted_by) %}
    {{ config.get('sql_header') or '' }}

    create {{ 'temporary' if temporary }} table
      {{ relation.include(database=(not temporary), schema=(not temporary)) }}
  {% if contract and contract.enforced and not temporary %}
    {{ get_assert_columns_equivalent(compiled_code) }}
    {{ get_table_columns_and_constraints() }} ;
    {%- for statement in layout %}
    {{ statement }};
    {%- endfor %}
    insert into {{ relation }} {{ get_column_names() }} (
      {{ get_select_subquery(compiled_code) }}
    );
  {% elif layout %}
    {# rows are laid out as they are written, so the table is there first #}
    as (
      select * from ({{ compiled_code }}) as model_subq where false
    );
    {%- for statement in layout %}
    {{ statement }};
    {%- endfor %}
    insert into {{ relation }} (
      {{ compiled_code }}
    );
  {% else %}
    {# no contract: the query decides the columns #}
    as (
      {{ compiled_code }}
    );
    {% endif %}
  {% endmacro %}

{% macro duckdb__create_view_as(relation, sql) -%}
    {%- set contract = config.get('contract') %}
  {{ config.get('sql_header') or '' }}
  create view {{ relation }} {% if contract and contract.enforced %}{{ get_assert_columns_equivalent(sql) }} {% endif %}as (
    {{ sql }}
  );
{% endmacro %}

{# `create or replace` in place; views that read it stay valid. #}
{% macro duckdb__get_replace_view_sql(relation, sql) -%}
    create or replace view {{ relation }} as (
        {{ sql }}
    );
{%- endmacro %}

{% macro duckdb__get_replace_table_sql(relation, sql) -%}
    create or replace table {{ relation }} as (
        {{ sql }}
    );
{%- endmacro %}

{% macro duckdb__get_rename_table_sql(relation, new_name) -%}
    alter table {{ relation }} rename to {{ adapter.quote(new_name) }}
{%- endmacro %}

{% macro duckdb__get_rename_view_sql(relation, new_name) -%}
    alter view {{ relation }} rename to {{ adapter.quote(new_name) }}
{%- endmacro %}

{% macro duckdb__rename_relation(from_relation, to_relation) -%}
    {%- set kind = to_relation.type if to_relation.type else from_relation.type -%}
    {%- call statement('rename_relation') -%}
        alter {{ kind }} {{ from_relation }} rename to {{ adapter.quote_as_configured(to_relation.identifier, 'identifier') }}
    {%- endcall -%}
{%- endmacro %}

{# DuckLake knows no `cascade`: there, what reads a relation is not bound to it. #}
{% macro duckdb_cascade(relation) -%}
    {{- '' if adapter.is_ducklake(relation) else ' cascade' -}}
{%- endmacro %}

{% macro duckdb__drop_table(relation) -%}
    drop table if exists {{ relation.render() }}{{ duckdb_cascade(relation) }}
{%- endmacro %}

{% macro duckdb__drop_view(relation) -%}
    drop view if exists {{ relation.render() }}{{ duckdb_cascade(relation) }}
{%- endmacro %}

{% macro duckdb__drop_relation(relation) -%}
    {%- call statement('drop_relation', auto_begin=false) %}
      drop {{ relation.type }} if exists {{ relation }}{{ duckdb_cascade(relation) }}
    {% endcall -%}
{%- endmacro %}

{# Temporary tables live in a schema of their own; the time keeps runs on one connection apart. #}
{% macro duckdb__make_temp_relation(base_relation, suffix='__dbt_tmp') -%}
    {%- if model.batch -%}
        {%- set suffix = suffix ~ '_' ~ model.batch.id -%}
    {%- endif -%}
    {{ return(base_relation.incorporate(path={
        'identifier': base_relation.identifier ~ suffix ~ py_current_timestring(),
        'schema': none,
        'database': none
    })) }}
{%- endmacro %}

{# The table that new rows wait in, and whether the engine forgets it by itself. #}
{% macro duckdb__dispatch_temporary_relation(target_relation, batch_id) -%}
    {{ return({'relation': make_temp_relation(target_relation), 'temporary': true}) }}
{%- endmacro %}

{% macro duckdb__get_columns_in_relation(relation) -%}
    {%- call statement('get_columns_in_relation', fetch_result=true) %}
      select
          column_name,
          column_type as data_type,
          cast(null as bigint) as character_maximum_length,
          cast(null as bigint) as numeric_precision,
          cast(null as bigint) as numeric_scale
      from (describe {{ relation }})
    {% endcall -%}
    {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{%- endmacro %}

{# A header (settings, macros) is run first: a query's shape may depend on it. #}
{% macro duckdb__get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
    {%- if select_sql_header is not none -%}
        {%- do run_query(select_sql_header) -%}
    {%- endif -%}
    {{ return(default__get_empty_subquery_sql(select_sql)) }}
{%- endmacro %}

{# One statement per column: DuckDB changes one thing per ALTER TABLE. #}
{% macro duckdb__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
    {%- for column in add_columns or [] -%}
        {%- do run_query('alter table ' ~ relation ~ ' add column ' ~ adapter.quote_as_configured(column.name, 'identifier') ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {%- for column in remove_columns or [] -%}
        {%- do run_query('alter table ' ~ relation ~ ' drop column ' ~ adapter.quote_as_configured(column.name, 'identifier')) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro duckdb__alter_column_type(relation, column_name, new_column_type) -%}
    {%- call statement('alter_column_type') -%}
        alter table {{ relation }} alter column {{ adapter.quote(column_name) }} type {{ new_column_type }}
    {%- endcall -%}
{%- endmacro %}

{% macro duckdb__get_create_index_sql(relation, index_dict) -%}
    {%- set columns = index_dict.columns -%}
    {%- set name = local_md5((columns | join(',')) ~ (index_dict.unique or false) ~ relation ~ py_current_timestring()) -%}
    create {{ 'unique' if index_dict.unique }} index
  "{{ name }}"
  on {{ relation }}
  ({{ columns | join(', ') }});
{%- endmacro %}

{# DuckDB has no users and so no grants. #}
{% macro duckdb__apply_grants(relation, grant_config, should_revoke=true) -%}
    {%- if grant_config -%}
        {%- do adapter.warn_once('Grants for relations are not supported by DuckDB') -%}
    {%- endif -%}
{%- endmacro %}
