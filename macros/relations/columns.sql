{# Columns of relations and queries. #}

{# Runs inside adapter.get_columns_in_relation(relation). #}
{% macro get_columns_in_relation(relation) -%}
    {{ return(adapter.dispatch('get_columns_in_relation', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_columns_in_relation(relation) -%}
    {{ exceptions.raise_not_implemented('get_columns_in_relation macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{# A result table (name, type, character size, precision, scale) as a list of columns. #}
{% macro sql_convert_columns_in_relation(table) -%}
    {%- set columns = [] -%}
    {%- for row in table -%}
        {%- do columns.append(api.Column(*row)) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{# The query's shape without its rows. #}
{% macro get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
    {{ return(adapter.dispatch('get_empty_subquery_sql', 'dbt')(select_sql, select_sql_header)) }}
{%- endmacro %}

{% macro default__get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
    {%- if select_sql_header is not none -%}
    {{ select_sql_header }}
    {% endif -%}
    select * from (
        {{ select_sql }}
    ) as __dbt_sbq
    where false
    limit 0
{% endmacro %}

{# A query of no rows with the given columns: {name: {name, data_type, quote}}. #}
{% macro get_empty_schema_sql(columns) -%}
    {{ return(adapter.dispatch('get_empty_schema_sql', 'dbt')(columns)) }}
{%- endmacro %}

{% macro default__get_empty_schema_sql(columns) -%}
    {%- set untyped = [] -%}
    select
    {% for key in columns %}
      {%- set column = columns[key] %}
      {%- if column['data_type'] is not defined or column['data_type'] is none %}
        {%- do untyped.append(column['name']) %}
      {%- endif %}
      {%- set name = adapter.quote(column['name']) if column.get('quote') else column['name'] %}
      {{ cast('null', column['data_type']) }} as {{ name }}{{ ', ' if not loop.last }}
    {%- endfor %}
    {%- if untyped -%}
      {{ exceptions.column_type_missing(column_names=untyped) }}
    {%- endif -%}
{%- endmacro %}

{% macro get_column_schema_from_query(select_sql, select_sql_header=none) -%}
    {{ return(adapter.get_column_schema_from_query(get_empty_subquery_sql(select_sql, select_sql_header))) }}
{%- endmacro %}

{% macro get_columns_in_query(select_sql) -%}
    {{ return(adapter.dispatch('get_columns_in_query', 'dbt')(select_sql)) }}
{%- endmacro %}

{% macro default__get_columns_in_query(select_sql) -%}
    {%- call statement('get_columns_in_query', fetch_result=true, auto_begin=false) -%}
        {{ get_empty_subquery_sql(select_sql) }}
    {%- endcall -%}
    {{ return(load_result('get_columns_in_query').table.columns | map(attribute='name') | list) }}
{%- endmacro %}

{% macro get_list_of_column_names(columns) -%}
    {{ return(columns | map(attribute='name') | list) }}
{%- endmacro %}

{# Changes a column's type by way of a second column, so that it works on any engine. #}
{% macro alter_column_type(relation, column_name, new_column_type) -%}
    {{ return(adapter.dispatch('alter_column_type', 'dbt')(relation, column_name, new_column_type)) }}
{%- endmacro %}

{% macro default__alter_column_type(relation, column_name, new_column_type) -%}
    {%- set old_column = adapter.quote(column_name) -%}
    {%- set new_column = adapter.quote(column_name ~ '__dbt_alter') -%}
    {%- call statement('alter_column_type') %}
        alter table {{ relation }} add column {{ new_column }} {{ new_column_type }};
        update {{ relation }} set {{ new_column }} = {{ old_column }};
        alter table {{ relation }} drop column {{ old_column }} cascade;
        alter table {{ relation }} rename column {{ new_column }} to {{ old_column }}
    {% endcall -%}
{%- endmacro %}

{% macro alter_relation_add_remove_columns(relation, add_columns=none, remove_columns=none) -%}
    {{ return(adapter.dispatch('alter_relation_add_remove_columns', 'dbt')(relation, add_columns, remove_columns)) }}
{%- endmacro %}

{% macro default__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
    {%- set changes = [] -%}
    {%- for column in add_columns or [] -%}
        {%- do changes.append('add column ' ~ column.quoted ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {%- for column in remove_columns or [] -%}
        {%- do changes.append('drop column ' ~ column.quoted) -%}
    {%- endfor -%}
    {%- if changes -%}
        {%- do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' ' ~ (changes | join(', '))) -%}
    {%- endif -%}
{%- endmacro %}
