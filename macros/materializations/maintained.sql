{# An incremental model that the engine keeps equal to a full refresh. What changes in the table, and
   the ledger beside it, come from `maintenance`; hooks, grants and comments stand around that as in
   any other materialization, all in one transaction. #}

{%- materialization maintained, default -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set grant_config = config.get('grants') -%}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {%- set build_sql = maintenance.apply() -%}
    {%- if build_sql is not none -%}
        {%- do drop_leftovers(target_relation) -%}
        {%- do build_table(existing_relation, target_relation, build_sql) -%}
        {%- do create_indexes(target_relation) -%}
        {%- do persist_docs(target_relation, model) -%}
    {%- endif -%}
    {%- do maintenance.record() -%}
    {%- do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing_relation, full_refresh_mode=build_sql is not none)) -%}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization -%}
