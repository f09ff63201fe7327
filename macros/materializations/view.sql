{# A view. One transaction: drop what stood there, create, hooks inside. Dropping and creating is
   atomic to every reader, and views that read this one stay valid, so nothing is built beside it. #}

{%- materialization view, default -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set grant_config = config.get('grants') -%}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {%- do drop_leftovers(target_relation) -%}
    {%- do replace_existing_for_view(existing_relation, target_relation) -%}
    {%- call statement('main') -%}
        {{ get_create_view_as_sql(target_relation, sql) }}
    {%- endcall -%}
    {%- do adapter.cache_added(target_relation) -%}

    {%- do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing_relation, full_refresh_mode=true)) -%}
    {%- do persist_docs(target_relation, model) -%}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization -%}

{# Makes room for a view of this name. An engine whose create_view_as replaces views keeps the old one. #}
{% macro replace_existing_for_view(existing_relation, target_relation) -%}
    {{ return(adapter.dispatch('replace_existing_for_view', 'dbt')(existing_relation, target_relation)) }}
{%- endmacro %}

{% macro default__replace_existing_for_view(existing_relation, target_relation) -%}
    {%- do drop_relation_in_transaction(existing_relation) -%}
{%- endmacro %}

{# Drops a relation as part of the model's transaction, opening it when this is its first statement. #}
{% macro drop_relation_in_transaction(relation) -%}
    {%- if relation is not none -%}
        {%- call statement('drop_existing', auto_begin=true) -%}
            {{ get_drop_sql(relation) }}
        {%- endcall -%}
        {%- do adapter.cache_dropped(relation) -%}
    {%- endif -%}
{%- endmacro %}

{# Helper relations that a run of another tool, cut short, left beside the target. #}
{% macro drop_leftovers(target_relation) -%}
    {%- do drop_relation_in_transaction(load_cached_relation(make_intermediate_relation(target_relation))) -%}
    {%- do drop_relation_in_transaction(load_cached_relation(make_backup_relation(target_relation, target_relation.type))) -%}
{%- endmacro %}
