{# Files of external models: where they lie, how they are written and read. #}

{% macro external_location(relation, config) -%}
    {{ return(adapter.dispatch('external_location', 'dbt')(relation, config)) }}
{%- endmacro %}

{# <external_root>/<identifier>.<format>; a folder when the rows are partitioned. #}
{% macro default__external_location(relation, config) -%}
    {%- set options = config.get('options', {}) -%}
    {%- if options.get('partition_by') is none -%}
        {{ return(adapter.external_root() ~ '/' ~ relation.identifier ~ '.' ~ config.get('format', 'parquet')) }}
    {%- endif -%}
    {{ return(adapter.external_root() ~ '/' ~ relation.identifier) }}
{%- endmacro %}

{# The options of COPY that the config gives, each value rendered. #}
{% macro render_write_options(config) -%}
    {%- set options = {} -%}
    {%- for name, value in (config.get('options') or {}).items() -%}
        {%- set text = value if value is string or value is not sequence else value | join(', ') -%}
        {%- do options.update({name: render(text | string)}) -%}
    {%- endfor -%}
    {%- for name in ['format', 'delimiter'] if config.get(name) is not none -%}
        {%- do options.update({name: render(config.get(name) | string)}) -%}
    {%- endfor -%}
    {{ return(options) }}
{%- endmacro %}

{% macro write_to_file(relation, location, options) -%}
    {%- call statement('write_to_file') -%}
        copy {{ relation }} to '{{ location }}' ({{ options }})
    {%- endcall -%}
{%- endmacro %}

{# Hands a written file to a plugin. Plugins are Python modules of dbt-duckdb. #}
{% macro store_relation(plugin, relation, location, format, config) -%}
    {%- do adapter.store_relation(plugin, relation, [], location, format, config) -%}
{%- endmacro %}

{# Whether the engine can read the location. #}
{% macro location_exists(location) -%}
    {{ return(adapter.location_exists(location)) }}
{%- endmacro %}

{# For on-run-start: views of the external models that the selected ones read and that are not built
   by this run, for targets that forget them (in memory). #}
{% macro register_upstream_external_models() -%}
{% if execute %}
    {%- set seen = [] -%}
    {%- for selected in selected_resources if selected in graph['nodes'] -%}
        {%- for upstream in graph['nodes'][selected]['depends_on']['nodes']
                if upstream in graph['nodes'] and upstream not in selected_resources and upstream not in seen -%}
            {%- do seen.append(upstream) -%}
            {%- set node = graph['nodes'][upstream] -%}
            {%- if node.resource_type == 'model' and node.config.materialized == 'external' -%}
                {%- do register_external_model(node) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
{% endif %}
{%- endmacro %}

{% macro register_external_model(node) -%}
    {%- set relation = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) -%}
    {%- set options = render_write_options(node.config) -%}
    {%- set location = render(node.config.get('location', external_location(relation, node.config))) -%}
    {%- do adapter.external_write_options(location, options) -%}
    {%- set location = adapter.external_read_location(location, options) -%}
    {%- if location_exists(location) -%}
        {%- call statement('register_schema') -%}
            create schema if not exists {{ relation.without_identifier() }}
        {%- endcall -%}
        {%- call statement('main') -%}
            create or replace view {{ relation }} as (
            select * from '{{ location }}'
          );
        {%- endcall -%}
        {%- do adapter.cache_added(relation.incorporate(type='view')) -%}
    {%- endif -%}
{%- endmacro %}
