{# A table that remembers: each run adds the new versions of rows and closes the old ones. One
   transaction, so a run that is cut short leaves the history as it was. #}

{%- materialization snapshot, default -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set grant_config = config.get('grants') -%}
    {%- set target_exists = existing_relation is not none -%}
    {%- set staging_relation = none -%}
    {%- if target_exists and not existing_relation.is_table -%}
        {%- do exceptions.relation_wrong_type(existing_relation, 'table') -%}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {%- set strategy_macro = strategy_dispatch(config.get('strategy')) -%}
    {%- set strategy = strategy_macro(model, 'snapshotted_data', 'source_data', model['config'], target_exists) -%}

    {%- if not target_exists -%}
        {%- set build_sql = build_snapshot_table(strategy, model['compiled_code']) -%}
        {%- set type_sql = build_sql -%}
        {%- set final_sql = create_table_as(false, target_relation, build_sql) -%}
    {%- else -%}
        {%- do adapter.assert_valid_snapshot_target_given_strategy(existing_relation, get_snapshot_table_column_names(), strategy) -%}
        {%- set type_sql = snapshot_staging_table(strategy, sql, target_relation) -%}
        {%- set staging_relation = build_snapshot_staging_table(strategy, sql, target_relation) -%}
        {%- do adapter.expand_target_column_types(from_relation=staging_relation, to_relation=target_relation) -%}
        {%- do create_columns(target_relation, snapshot_own_columns(adapter.get_missing_columns(staging_relation, target_relation))) -%}
        {%- set insert_columns = [] -%}
        {%- for column in snapshot_own_columns(adapter.get_columns_in_relation(staging_relation)) -%}
            {%- do insert_columns.append(adapter.quote(column.name)) -%}
        {%- endfor -%}
        {%- set final_sql = snapshot_merge_sql(target=target_relation, source=staging_relation, insert_cols=insert_columns) -%}
    {%- endif -%}

    {%- do check_time_data_types(type_sql) -%}
    {%- call statement('main') %}
      {{ final_sql }}
    {% endcall -%}
    {%- if not target_exists -%}
        {%- do adapter.cache_added(target_relation) -%}
    {%- endif -%}

    {%- do apply_grants(target_relation, grant_config, should_revoke=should_revoke(target_exists, full_refresh_mode=false)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- if not target_exists -%}
        {%- do create_indexes(target_relation) -%}
    {%- endif -%}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {%- do adapter.commit() -%}
    {%- if staging_relation is not none -%}
        {%- do post_snapshot(staging_relation) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization -%}

{# The columns of a staging table without those that only say what to do. #}
{% macro snapshot_own_columns(columns) -%}
    {%- set own = [] -%}
    {%- for column in columns if column.name | lower != 'dbt_change_type' and not (column.name | lower).startswith('dbt_unique_key') -%}
        {%- do own.append(column) -%}
    {%- endfor -%}
    {{ return(own) }}
{%- endmacro %}
