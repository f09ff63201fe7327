{% macro surrogate_key(fields) -%}
    {{ return(adapter.dispatch('surrogate_key', 'kit')(fields)) }}
{%- endmacro %}

{% macro default__surrogate_key(fields) -%}
    {%- if fields is string or fields is not iterable -%}
        {{ exceptions.raise_compiler_error("kit.surrogate_key wants a list, got: " ~ fields) }}
    {%- endif -%}
    {%- set parts = [] -%}
    {%- for field in fields -%}
        {%- do parts.append("coalesce(cast(" ~ field ~ " as " ~ dbt.type_string() ~ "), '" ~ var('kit_null_text', '(none)') ~ "')") -%}
        {%- if not loop.last %}{%- do parts.append("'-'") -%}{% endif -%}
    {%- endfor -%}
    {{ kit.hash_text(dbt.concat(parts)) }}
{%- endmacro %}

{% macro hash_text(expression) -%}
    {{ return(adapter.dispatch('hash_text', 'kit')(expression)) }}
{%- endmacro %}
{% macro default__hash_text(expression) -%} {{ dbt.hash(expression) }} {%- endmacro %}

{% macro clean_text(column) %}{{ return(adapter.dispatch('clean_text', macro_namespace='kit')(column)) }}{% endmacro %}
{% macro default__clean_text(column) %}trim({{ column }}){% endmacro %}

{% macro null_text() %}{{ return(var('kit_null_text', '(none)')) }}{% endmacro %}
