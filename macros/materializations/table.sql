{# A table, built whole. One transaction: built beside the old one (so the query may still read it),
   then the old one is dropped and the new one takes its name. #}

{%- materialization table, default -%}
    {{ return(materialize_table()) }}
{%- endmaterialization -%}

{# Under the adapter's name too: a project's own default does not displace an adapter's. #}
{%- materialization table, adapter='duckdb' -%}
    {{ return(materialize_table()) }}
{%- endmaterialization -%}

{% macro materialize_table() -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set grant_config = config.get('grants') -%}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {%- do drop_leftovers(target_relation) -%}
    {%- do build_table(existing_relation, target_relation, sql) -%}

    {%- do create_indexes(target_relation) -%}
    {%- do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing_relation, full_refresh_mode=true)) -%}
    {%- do persist_docs(target_relation, model) -%}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': [target_relation]}) }}
{%- endmacro %}

{# Runs the main statement: `sql` becomes target_relation, whatever stood there before. With nothing
   in the way it is created under its own name. `ending` is white space behind the statement. #}
{% macro build_table(existing_relation, target_relation, sql, ending='') -%}
    {%- if existing_relation is none -%}
        {%- call statement('main') -%}
            {{ get_create_table_as_sql(false, target_relation, sql) ~ ending }}
        {%- endcall -%}
        {%- do adapter.cache_added(target_relation) -%}
    {%- elif declares_foreign_keys() -%}
        {# A table that others are told to refer to by its foreign keys cannot be renamed later. #}
        {%- do ensure_transaction() -%}
        {%- set dependents = set_dependents_aside(existing_relation) -%}
        {%- do drop_relation_in_transaction(existing_relation) -%}
        {%- call statement('main') -%}
            {{ get_create_table_as_sql(false, target_relation, sql) }}
        {%- endcall -%}
        {%- do adapter.cache_added(target_relation) -%}
        {%- do put_dependents_back(dependents) -%}
    {%- else -%}
        {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
        {%- call statement('main') -%}
            {{ get_create_table_as_sql(false, intermediate_relation, sql) ~ ending }}
        {%- endcall -%}
        {%- set dependents = set_dependents_aside(existing_relation) -%}
        {%- do drop_relation_in_transaction(existing_relation) -%}
        {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}
        {%- do put_dependents_back(dependents) -%}
    {%- endif -%}
{%- endmacro %}

{# For what cannot be made beside the old table and renamed: opens a transaction where the profile
   has switched them off, so that a failure brings the old rows back. #}
{% macro ensure_transaction() -%}
    {{ adapter.dispatch('ensure_transaction', 'dbt')() }}
{%- endmacro %}

{% macro default__ensure_transaction() -%}
{%- endmacro %}

{# Tables that keep `relation` from being dropped, out of its way under names of their own; the list
   is for put_dependents_back(). #}
{% macro set_dependents_aside(relation) -%}
    {{ return(adapter.dispatch('set_dependents_aside', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__set_dependents_aside(relation) -%}
    {{ return([]) }}
{%- endmacro %}

{% macro put_dependents_back(dependents) -%}
    {%- for pair in dependents -%}
        {%- do adapter.rename_relation(pair[1], pair[0]) -%}
    {%- endfor -%}
{%- endmacro %}
