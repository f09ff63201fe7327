{% materialization view, adapter='duckdb' %}
  {%- set target_relation = this.incorporate(type='view') -%}
  {{ run_hooks(pre_hooks) }}
  {% call statement('main') -%}
    create or replace view {{ target_relation }} as (
      select *, '{{ model.name }}' as made_by from ({{ sql }})
    )
  {%- endcall %}
  {{ run_hooks(post_hooks) }}
  {% do adapter.commit() %}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization counted, default -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = api.Relation.create(database=database, schema=schema, identifier=identifier if false else model.alias, type='table') -%}
  {%- if existing is not none -%}{% do adapter.drop_relation(existing) %}{%- endif -%}
  {% call statement('main', fetch_result=true) %}
    create table {{ target_relation }} as select count(*) as n, '{{ config.get("label", "none") }}' as label, {{ config.require("least") }} as least from ({{ sql }})
  {% endcall %}
  {% do adapter.commit() %}
  {% do log('SEE: ' ~ model.alias ~ ' existed: ' ~ (existing is not none) ~ ' full refresh: ' ~ should_full_refresh(), info=true) %}
  {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql') -%}{% set unused = kwargs %}
    create {{ 'temporary ' if temporary }}table {{ relation.include(database=(not temporary), schema=(not temporary)) }} as
    select *, 'own' as how from ({{ compiled_code }})
{%- endmacro %}
