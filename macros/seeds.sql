{# Loading seeds. #}

{% macro create_csv_table(model, agate_table) -%}
    {{ return(adapter.dispatch('create_csv_table', 'dbt')(model, agate_table)) }}
{%- endmacro %}

{# Runs the create statement and returns its text. Types: the seed's column_types, else what the
   file's values look like. #}
{% macro default__create_csv_table(model, agate_table) -%}
    {%- set column_types = model['config'].get('column_types', {}) -%}
    {%- set quote_columns = model['config'].get('quote_columns', none) -%}
    {%- set definitions = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- set type = column_types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
        {%- do definitions.append(adapter.quote_seed_column(name | string, quote_columns) ~ ' ' ~ type) -%}
    {%- endfor -%}
    {%- set sql -%}
    create table {{ this.render() }} ({{ definitions | join(',') }})
    {%- endset -%}
    {%- call statement('create_csv_table') -%}
        {{ sql }}
    {%- endcall -%}
    {{ return(sql) }}
{%- endmacro %}

{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {{ return(adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table)) }}
{%- endmacro %}

{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {%- if full_refresh -%}
        {%- do drop_relation_in_transaction(old_relation) -%}
        {{ return(create_csv_table(model, agate_table)) }}
    {%- endif -%}
    {%- do adapter.truncate_relation(old_relation) -%}
    {{ return('truncate table ' ~ old_relation.render()) }}
{%- endmacro %}

{# Before a seed's table is emptied and filled again. #}
{% macro prepare_refill(relation) -%}
    {{ adapter.dispatch('prepare_refill', 'dbt')(relation) }}
{%- endmacro %}

{% macro default__prepare_refill(relation) -%}
{%- endmacro %}

{# Whether prepare_refill() takes the table's indexes, so that they are made again after the rows. #}
{% macro refills_indexes() -%}
    {{ return(adapter.dispatch('refills_indexes', 'dbt')()) }}
{%- endmacro %}

{% macro default__refills_indexes() -%}
    {{ return(false) }}
{%- endmacro %}

{% macro load_csv_rows(model, agate_table) -%}
    {{ return(adapter.dispatch('load_csv_rows', 'dbt')(model, agate_table)) }}
{%- endmacro %}

{# Inserts in batches with bound values; returns the first statement, which target/run shows. #}
{% macro default__load_csv_rows(model, agate_table) -%}
    {%- set batch_size = get_batch_size() -%}
    {%- set columns = get_seed_column_quoted_csv(model, agate_table.column_names) -%}
    {%- set row_marks = '(' ~ ([get_binding_char()] * (agate_table.column_names | length)) | join(',') ~ ')' -%}
    {%- set statements = [] -%}
    {%- for rows in agate_table.rows | batch(batch_size) -%}
        {%- set bindings = [] -%}
        {%- for row in rows -%}
            {%- do bindings.extend(row) -%}
        {%- endfor -%}
        {%- set sql -%}
            insert into {{ this.render() }} ({{ columns }}) values
            {{ ([row_marks] * (rows | length)) | join(',') }}
        {%- endset -%}
        {%- do adapter.add_query(sql, bindings=bindings, abridge_sql_log=true) -%}
        {%- if loop.first -%}
            {%- do statements.append(sql) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(statements[0]) }}
{%- endmacro %}

{% macro get_batch_size() -%}
    {{ return(adapter.dispatch('get_batch_size', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_batch_size() -%}
    {{ return(10000) }}
{%- endmacro %}

{% macro get_binding_char() -%}
    {{ return(adapter.dispatch('get_binding_char', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_binding_char() -%}
    {{ return('%s') }}
{%- endmacro %}

{% macro get_csv_sql(create_or_truncate_sql, insert_sql) %}
    {{ adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql) }}
{% endmacro %}

{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) %}
    {{ create_or_truncate_sql }};
    -- dbt seed --
    {{ insert_sql }}
{% endmacro %}

{% macro get_seed_column_quoted_csv(model, column_names) -%}
    {%- set quote_columns = model['config'].get('quote_columns', none) -%}
    {%- set quoted = [] -%}
    {%- for name in column_names -%}
        {%- do quoted.append(adapter.quote_seed_column(name, quote_columns)) -%}
    {%- endfor -%}
    {{ return(quoted | join(', ')) }}
{%- endmacro %}
