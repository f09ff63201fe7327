{# Functions are DuckDB's macros. They take any type and give what their text gives: the data types of
   the properties describe them. What has default values comes last. #}

{% macro duckdb__scalar_function_create_replace_signature_sql(target_relation) -%}
    create or replace macro {{ target_relation.render() }}({{ formatted_scalar_function_args_sql() }}) as
{%- endmacro %}

{% macro duckdb__formatted_scalar_function_args_sql() -%}
    {%- set arguments = [] -%}
    {%- for argument in model.arguments or [] -%}
        {%- set is_optional = argument.default_value is not none -%}
        {%- do arguments.append(argument.name ~ (' := ' ~ argument.default_value if is_optional else '')) -%}
    {%- endfor -%}
    {{ return(arguments | join(', ')) }}
{%- endmacro %}

{% macro duckdb__scalar_function_body_sql() -%}
    (
        {{ model.compiled_code }}
    )
{%- endmacro %}

{# A query that takes arguments: select * from {{ '{{' }} function('x') {{ '}}' }}(1). #}
{% macro duckdb__table_function_sql(target_relation) -%}
    create or replace macro {{ target_relation.render() }}({{ formatted_scalar_function_args_sql() }}) as table
        {{ model.compiled_code }}
{%- endmacro %}
