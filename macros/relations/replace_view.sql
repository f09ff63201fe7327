{# The view materialization of engines that replace a view in place; for adapters' own
   materializations. #}

{% macro create_or_replace_view() %}
    {%- set old_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set grant_config = config.get('grants') -%}
    {{ run_hooks(pre_hooks) }}

    {%- if old_relation is not none and not old_relation.is_view -%}
        {{ handle_existing_table(should_full_refresh(), old_relation) }}
    {%- endif -%}
    {%- call statement('main') -%}
        {{ get_create_view_as_sql(target_relation, sql) }}
    {%- endcall -%}
    {%- do apply_grants(target_relation, grant_config, should_revoke=should_revoke(old_relation, full_refresh_mode=true)) -%}
    {%- do persist_docs(target_relation, model) -%}

    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target_relation]}) }}
{% endmacro %}

{# Makes room for a view where a table stands. #}
{% macro handle_existing_table(full_refresh, old_relation) -%}
    {{ adapter.dispatch('handle_existing_table', 'dbt')(full_refresh, old_relation) }}
{%- endmacro %}

{% macro default__handle_existing_table(full_refresh, old_relation) -%}
    {{ log('Dropping relation ' ~ old_relation.render() ~ ' because it is of type ' ~ old_relation.type) }}
    {%- do adapter.drop_relation(old_relation) -%}
{%- endmacro %}
