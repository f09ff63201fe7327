{# A table that grows: built whole the first time, on --full-refresh, and over a view; otherwise the
   new rows are put into a temporary table and merged by the model's strategy. #}

{%- materialization incremental, default -%}
    {{ return(materialize_incremental()) }}
{%- endmaterialization -%}

{# Under the adapter's name too: a project's own default does not displace an adapter's. #}
{%- materialization incremental, adapter='duckdb' -%}
    {{ return(materialize_incremental()) }}
{%- endmaterialization -%}

{% macro materialize_incremental() -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set full_refresh_mode = should_full_refresh() or (existing_relation is not none and not existing_relation.is_table) -%}
    {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
    {%- set grant_config = config.get('grants') -%}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {%- do drop_leftovers(target_relation) -%}
    {%- if existing_relation is none or full_refresh_mode -%}
        {%- do build_table(existing_relation, target_relation, sql, ending='\n  ') -%}
        {%- do create_indexes(target_relation) -%}
    {%- else -%}
        {%- do merge_new_rows(existing_relation, target_relation, on_schema_change) -%}
    {%- endif -%}

    {%- do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing_relation, full_refresh_mode)) -%}
    {%- do persist_docs(target_relation, model) -%}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': [target_relation]}) }}
{%- endmacro %}

{# Runs the main statement of an incremental run. The strategy's macro is found by its name, so a
   project's get_incremental_<name>_sql is a strategy of its own. #}
{% macro merge_new_rows(existing_relation, target_relation, on_schema_change) -%}
    {%- set temp_relation = make_temp_relation(target_relation) -%}
    {%- call statement('create_temp_relation') -%}
        {{ get_create_table_as_sql(true, temp_relation, sql) }}
    {%- endcall -%}

    {%- set dest_columns = process_schema_changes(on_schema_change, temp_relation, existing_relation) -%}
    {%- if not dest_columns -%}
        {%- set dest_columns = adapter.get_columns_in_relation(existing_relation) -%}
    {%- endif -%}

    {%- set strategy = config.get('incremental_strategy') or 'default' -%}
    {%- set strategy_macro = adapter.get_incremental_strategy_macro(context, strategy) -%}
    {%- set strategy_arguments = {
        'target_relation': target_relation,
        'temp_relation': temp_relation,
        'unique_key': config.get('unique_key'),
        'dest_columns': dest_columns,
        'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none)
    } -%}
    {%- call statement('main') -%}
        {{ strategy_macro(strategy_arguments) }}
  {% endcall -%}

    {%- call statement('drop_temp_relation') -%}
        drop table if exists {{ temp_relation }}
    {%- endcall -%}
{%- endmacro %}
