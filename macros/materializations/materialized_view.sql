{# A materialized view: built, altered, refreshed or left alone, as its engine and its configuration
   say. An engine that has them brings the get_…_materialized_view_…_sql macros. #}

{%- materialization materialized_view, default -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='materialized_view') -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_type = target_relation.type if existing_relation is none else existing_relation.type -%}
    {%- set backup_relation = make_backup_relation(target_relation, backup_type) -%}

    {{- materialized_view_setup(backup_relation, intermediate_relation, pre_hooks) -}}
    {%- set build_sql = materialized_view_get_build_sql(existing_relation, target_relation, backup_relation, intermediate_relation) -%}
    {%- if build_sql | trim == '' -%}
        {{- materialized_view_execute_no_op(target_relation) -}}
    {%- else -%}
        {{- materialized_view_execute_build_sql(build_sql, existing_relation, target_relation, post_hooks) -}}
    {%- endif -%}
    {{- materialized_view_teardown(backup_relation, intermediate_relation, post_hooks) -}}

    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization -%}

{% macro materialized_view_setup(backup_relation, intermediate_relation, pre_hooks) %}
    {%- do drop_relation_in_transaction(load_cached_relation(intermediate_relation)) -%}
    {%- do drop_relation_in_transaction(load_cached_relation(backup_relation)) -%}
    {{ run_hooks(pre_hooks, inside_transaction=false) }}
{% endmacro %}

{% macro materialized_view_teardown(backup_relation, intermediate_relation, post_hooks) %}
    {%- do drop_relation_in_transaction(load_cached_relation(intermediate_relation)) -%}
    {%- do drop_relation_in_transaction(load_cached_relation(backup_relation)) -%}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=false) }}
{% endmacro %}

{# The SQL to run; an empty text when the view is to be left as it is. #}
{% macro materialized_view_get_build_sql(existing_relation, target_relation, backup_relation, intermediate_relation) -%}
    {%- if existing_relation is none -%}
        {{ return(get_create_materialized_view_as_sql(target_relation, sql)) }}
    {%- elif should_full_refresh() or not existing_relation.is_materialized_view -%}
        {{ return(get_replace_sql(existing_relation, target_relation, sql)) }}
    {%- endif -%}
    {%- set changes = get_materialized_view_configuration_changes(existing_relation, config) -%}
    {%- if changes is none -%}
        {{ return(refresh_materialized_view(target_relation)) }}
    {%- endif -%}
    {%- set on_change = config.get('on_configuration_change') -%}
    {%- if on_change == 'apply' -%}
        {{ return(get_alter_materialized_view_as_sql(target_relation, changes, sql, existing_relation, backup_relation, intermediate_relation)) }}
    {%- elif on_change == 'continue' -%}
        {%- do exceptions.warn('Configuration changes were identified and `on_configuration_change` was set to `continue` for `' ~ target_relation ~ '`') -%}
        {{ return('') }}
    {%- elif on_change == 'fail' -%}
        {{ exceptions.raise_fail_fast_error('Configuration changes were identified and `on_configuration_change` was set to `fail` for `' ~ target_relation ~ '`') }}
    {%- endif -%}
    {{ exceptions.raise_compiler_error("on_configuration_change must be apply, continue or fail, not '" ~ on_change ~ "'") }}
{%- endmacro %}

{% macro materialized_view_execute_no_op(target_relation) %}
    {%- do store_raw_result(name='main', message='skip ' ~ target_relation, code='skip', rows_affected='-1') -%}
{% endmacro %}

{% macro materialized_view_execute_build_sql(build_sql, existing_relation, target_relation, post_hooks) %}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}
    {%- set grant_config = config.get('grants') -%}
    {%- call statement(name='main') -%}
        {{ build_sql }}
    {%- endcall -%}
    {%- do adapter.cache_added(target_relation) -%}
    {%- do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing_relation, full_refresh_mode=true)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {%- do adapter.commit() -%}
{% endmacro %}

{% macro get_alter_materialized_view_as_sql(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) -%}
    {{- log('Applying ALTER to: ' ~ relation) -}}
    {{- adapter.dispatch('get_alter_materialized_view_as_sql', 'dbt')(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) -}}
{%- endmacro %}

{% macro default__get_alter_materialized_view_as_sql(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) -%}
    {{ exceptions.raise_compiler_error('Materialized views have not been implemented for this adapter.') }}
{%- endmacro %}

{% macro refresh_materialized_view(relation) -%}
    {{- log('Applying REFRESH to: ' ~ relation) -}}
    {{- adapter.dispatch('refresh_materialized_view', 'dbt')(relation) -}}
{%- endmacro %}

{% macro default__refresh_materialized_view(relation) -%}
    {{ exceptions.raise_compiler_error('`refresh_materialized_view` has not been implemented for this adapter.') }}
{%- endmacro %}

{# What differs between the view as it is and its new configuration; none when nothing does. #}
{% macro get_materialized_view_configuration_changes(existing_relation, new_config) -%}
    {{- log('Determining configuration changes on: ' ~ existing_relation) -}}
    {{ return(adapter.dispatch('get_materialized_view_configuration_changes', 'dbt')(existing_relation, new_config)) }}
{%- endmacro %}

{% macro default__get_materialized_view_configuration_changes(existing_relation, new_config) -%}
    {{ exceptions.raise_compiler_error('Materialized views have not been implemented for this adapter.') }}
{%- endmacro %}
