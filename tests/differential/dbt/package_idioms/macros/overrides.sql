{% macro default__hash_text(expression) -%}
    md5(upper({{ expression }}))
{%- endmacro %}

{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- if custom_alias_name -%}{{ custom_alias_name | trim }}
    {%- elif node.package_name == 'kit' -%}{{ 'kit_' ~ node.name if not node.name.startswith('kit_') else node.name }}
    {%- else -%}{{ node.name }}{%- endif -%}
{%- endmacro %}
