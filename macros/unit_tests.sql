{# Unit tests: rows written in YAML, CSV or SQL become queries. The text is part of what compiled files show. #}

{# The rows that stand in for an input, in the columns and types of the relation that they replace. #}
{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
    {{ return(adapter.dispatch('get_fixture_sql', 'dbt')(rows, column_name_to_data_types)) }}
{%- endmacro %}

{% macro default__get_fixture_sql(rows, column_name_to_data_types) -%}
    {%- set types = column_name_to_data_types -%}
    {%- set names = {} -%}
    {%- if types -%}
        {%- for name in types -%}
            {%- do names.update({name: adapter.quote(name)}) -%}
        {%- endfor -%}
    {%- else -%}
        {%- set relation = defer_relation if defer_relation and load_relation(this) is none else this -%}
        {%- set types = {} -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- do types.update({(column.name | lower): column.data_type}) -%}
            {%- do names.update({(column.name | lower): column.quoted}) -%}
        {%- endfor -%}
        {%- if not types -%}
            {{ exceptions.raise_compiler_error(
                "Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ relation
                ~ " because the relation doesn't exist") }}
        {%- endif -%}
    {%- endif -%}

    {%- set nulls = {} -%}
    {%- for name in types -%}
        {%- do nulls.update({name: (safe_cast('null', types[name]) | trim)}) -%}
    {%- endfor -%}
    {%- set selects = [] -%}
    {%- for row in rows or [] -%}
        {%- do validate_fixture_rows(rows, loop.index) -%}
        {%- set cells = nulls.copy() -%}
        {%- do cells.update(format_row(row, types)) -%}
        {%- do selects.append(select_of_cells(cells, names)) -%}
    {%- endfor -%}
    {%- set header = '\n-- Fixture for ' ~ model.name ~ '\n' -%}
    {%- if selects -%}
        {{ return(header ~ (selects | join('\nunion all\n'))) }}
    {%- else -%}
        {{ return(header ~ select_of_cells(nulls, names) ~ '\n    limit 0') }}
    {%- endif -%}
{%- endmacro %}

{# "select cell as name, …"; `names` has the quoted name of each. #}
{% macro select_of_cells(cells, names) -%}
    {%- set parts = [] -%}
    {%- for name in cells -%}
        {%- do parts.append(cells[name] ~ ' as ' ~ names[name]) -%}
    {%- endfor -%}
    {{ return('select ' ~ (parts | join(', '))) }}
{%- endmacro %}

{# The rows that the model must give. #}
{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
    {{ return(adapter.dispatch('get_expected_sql', 'dbt')(rows, column_name_to_data_types, column_name_to_quoted)) }}
{%- endmacro %}

{% macro default__get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
    {%- if not rows -%}
        {{ return('select * from dbt_internal_unit_test_actual\n    limit 0') }}
    {%- endif -%}
    {%- set selects = [] -%}
    {%- for row in rows -%}
        {%- do selects.append(select_of_cells(format_row(row, column_name_to_data_types), column_name_to_quoted)) -%}
    {%- endfor -%}
    {{ return(selects | join('\nunion all\n')) }}
{%- endmacro %}

{# The values of a row as casts, keyed by the column's name in lower case. #}
{% macro format_row(row, column_name_to_data_types) -%}
    {%- set cells = {} -%}
    {%- for name, value in row.items() -%}
        {%- set column = name | lower -%}
        {%- if column not in column_name_to_data_types -%}
            {%- set of_what = "'" ~ model.name ~ "'" if model.resource_type == 'model' else 'expected output' -%}
            {{ exceptions.raise_compiler_error(
                "Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ of_what ~ ".\nAccepted columns for "
                ~ of_what ~ " are: " ~ (column_name_to_data_types.keys() | list)) }}
        {%- endif -%}
        {%- set type = column_name_to_data_types[column] -%}
        {%- if value is none -%}
            {%- set field = 'null' -%}
        {%- elif value is string -%}
            {%- set field = "'" ~ escape_single_quotes(value) ~ "'" -%}
            {%- set type = 'character varying' if type.startswith('character varying') else type -%}
        {%- else -%}
            {%- set field = value -%}
        {%- endif -%}
        {%- do cells.update({column: safe_cast(field, type)}) -%}
    {%- endfor -%}
    {{ return(cells) }}
{%- endmacro %}

{# For adapters that check a row of a fixture before its text is made. #}
{% macro validate_fixture_rows(rows, row_number) -%}
    {{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}
{%- endmacro %}

{% macro default__validate_fixture_rows(rows, row_number) -%}
    {{ return('') }}
{%- endmacro %}

{# Both sides in one result, told apart by the last column. #}
{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {{ adapter.dispatch('get_unit_test_sql', 'dbt')(main_sql, expected_fixture_sql, expected_column_names) }}
{%- endmacro %}

{% macro default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
-- Build actual result given inputs
with dbt_internal_unit_test_actual as (
  select
    {{ expected_column_names | join(',') }}, {{ dbt.string_literal('actual') }} as {{ adapter.quote('actual_or_expected') }}
  from (
    {{ main_sql }}
  ) _dbt_internal_unit_test_actual
),
-- Build expected result
dbt_internal_unit_test_expected as (
  select
    {{ expected_column_names | join(', ') }}, {{ dbt.string_literal('expected') }} as {{ adapter.quote('actual_or_expected') }}
  from (
    {{ expected_fixture_sql }}
  ) _dbt_internal_unit_test_expected
)
-- Union actual and expected results
select * from dbt_internal_unit_test_actual
union all
select * from dbt_internal_unit_test_expected
{%- endmacro %}
