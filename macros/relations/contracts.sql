{# Contracts: the declared columns, checked before anything is built. #}

{# "(name type constraints, …)" of the model's declared columns. #}
{% macro get_table_columns_and_constraints() -%}
    {{ adapter.dispatch('get_table_columns_and_constraints', 'dbt')() }}
{%- endmacro %}

{% macro default__get_table_columns_and_constraints() -%}
    {{ return(table_columns_and_constraints()) }}
{%- endmacro %}

{% macro table_columns_and_constraints() %}
  {%- set of_columns = adapter.render_raw_columns_constraints(raw_columns=model['columns']) %}
  {%- set of_model = adapter.render_raw_model_constraints(raw_constraints=model['constraints']) %}
  (
    {% for text in of_columns + of_model %}
    {{ text }}{{ ',' if not loop.last }}
    {%- endfor %}
    )
{% endmacro %}

{% macro get_assert_columns_equivalent(sql) -%}
    {{ adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql) }}
{%- endmacro %}

{% macro default__get_assert_columns_equivalent(sql) -%}
    {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{# Stops with the differing columns when the query's names or types are not the declared ones; prints nothing. #}
{% macro assert_columns_equivalent(sql) -%}
    {%- if not model['columns'] -%}
        {{ exceptions.raise_compiler_error("This model has an enforced contract, and its 'columns' specification is missing") }}
    {%- endif -%}
    {%- set found = format_columns(get_column_schema_from_query(sql, config.get('sql_header', none))) -%}
    {%- set declared = format_columns(get_column_schema_from_query(get_empty_schema_sql(model['columns']))) -%}
    {%- set differing = namespace(any=(found | length != declared | length)) -%}
    {%- for column in found if column not in declared -%}
        {%- set differing.any = true -%}
    {%- endfor -%}
    {%- if differing.any -%}
        {%- do exceptions.raise_contract_error(declared, found) -%}
    {%- endif -%}
{%- endmacro %}

{# Columns as the dicts that contract errors show. #}
{% macro format_columns(columns) -%}
    {%- set formatted = [] -%}
    {%- for column in columns -%}
        {%- do formatted.append(adapter.dispatch('format_column', 'dbt')(column)) -%}
    {%- endfor -%}
    {{ return(formatted) }}
{%- endmacro %}

{% macro default__format_column(column) -%}
    {{ return({'name': column.name, 'data_type': column.dtype, 'formatted': column.column.lower() ~ ' ' ~ column.dtype}) }}
{%- endmacro %}

{# The declared column names, "(a, b)". #}
{% macro get_column_names() %}
  {%- set names = [] %}
  {%- for key in model['columns'] %}
    {%- set column = model['columns'][key] %}
    {%- do names.append(adapter.quote(column['name']) if column.get('quote') else column['name']) %}
  {%- endfor %}
  (
    {{ names | join(', ') }}
  )
{% endmacro %}

{# The same, and nothing when no column is declared. #}
{% macro default__get_column_names() -%}
    {{ return(get_column_names() if model['columns'] else '') }}
{%- endmacro %}

{# The query with its columns in the declared order. #}
{% macro get_select_subquery(sql) -%}
    {{ return(adapter.dispatch('get_select_subquery', 'dbt')(sql)) }}
{%- endmacro %}

{% macro default__get_select_subquery(sql) %}
    {%- set names = [] %}
    {%- for key in model['columns'] %}
        {%- set column = model['columns'][key] %}
        {%- do names.append(adapter.quote(column['name']) if column.get('quote') else column['name']) %}
    {%- endfor %}
    select {{ names | join(', ') }}
    from (
        {{ sql }}
    ) as model_subq
{%- endmacro %}

{# Whether the model's contract makes foreign keys. #}
{% macro declares_foreign_keys() -%}
    {%- set contract = config.get('contract') -%}
    {%- if not contract or not contract.enforced -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set lists = [model['constraints']] -%}
    {%- for key in model['columns'] -%}
        {%- do lists.append(model['columns'][key].get('constraints')) -%}
    {%- endfor -%}
    {%- for constraints in lists if constraints -%}
        {%- for constraint in constraints if constraint['type'] == 'foreign_key' -%}
            {{ return(true) }}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro %}
