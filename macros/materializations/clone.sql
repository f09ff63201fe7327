{# What the `clone` command does with a node: gives it the relation of the state that is deferred to,
   as a copy where the engine can clone tables, else as a view of it. What exists is left alone
   unless a full refresh is asked for. `sql` selects everything from that relation. #}

{%- materialization clone, default -%}
    {%- set nothing_done = {'relations': []} -%}
    {%- if not defer_relation -%}
        {%- do log('No relation found in state manifest for ' ~ model.unique_id, info=true) -%}
        {{ return(nothing_done) }}
    {%- endif -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- if existing_relation and not flags.FULL_REFRESH -%}
        {%- do log('Relation ' ~ existing_relation ~ ' already exists', info=true) -%}
        {{ return(nothing_done) }}
    {%- endif -%}
    {%- set cloned_relation = load_cached_relation(defer_relation) -%}
    {%- if not (cloned_relation and cloned_relation.is_table and can_clone_table()) -%}
        {{ return(materialize_as_view()) }}
    {%- endif -%}

    {%- set target_relation = this.incorporate(type='table') -%}
    {%- if existing_relation is not none and not existing_relation.is_table -%}
        {%- do drop_relation_in_transaction(existing_relation) -%}
    {%- endif -%}
    {%- call statement('main') -%}
        {{ create_or_replace_clone(target_relation, defer_relation) }}
    {%- endcall -%}
    {%- do adapter.cache_added(target_relation) -%}
    {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=true)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization -%}

{# The view materialization of this engine, or of the project when it has its own. #}
{% macro materialize_as_view() -%}
    {%- set otherwise = context.get('materialization_view_default') -%}
    {%- set view = context.get('materialization_view_' ~ adapter.type(), otherwise) -%}
    {{ return(view()) }}
{%- endmacro %}

{% macro can_clone_table() -%}
    {{ return(adapter.dispatch('can_clone_table', 'dbt')()) }}
{%- endmacro %}

{% macro default__can_clone_table() -%}
    {{ return(false) }}
{%- endmacro %}

{% macro create_or_replace_clone(this_relation, defer_relation) -%}
    {{ return(adapter.dispatch('create_or_replace_clone', 'dbt')(this_relation, defer_relation)) }}
{%- endmacro %}

{% macro default__create_or_replace_clone(this_relation, defer_relation) -%}
    create or replace table {{ this_relation.render() }} clone {{ defer_relation.render() }}
{%- endmacro %}
