{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) ~ '_' ~ node.resource_type | lower }}
{%- endmacro %}

{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {{ custom_alias_name if custom_alias_name else node.name }}{{ var('suffix', '_a') }}
{%- endmacro %}

{% macro ref() %}
    {# marks every reference; the original is still there as builtins.ref #}
    {% do return(builtins.ref(*varargs, **kwargs)) %}
{% endmacro %}
