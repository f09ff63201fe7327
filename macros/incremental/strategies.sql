{# Strategies: each get_incremental_<name>_sql(arg_dict) is one, arg_dict being {target_relation,
   temp_relation, unique_key, dest_columns, incremental_predicates}. #}

{% macro get_incremental_default_sql(arg_dict) -%}
    {{ return(adapter.dispatch('get_incremental_default_sql', 'dbt')(arg_dict)) }}
{%- endmacro %}

{% macro default__get_incremental_default_sql(arg_dict) -%}
    {{ return(get_incremental_append_sql(arg_dict)) }}
{%- endmacro %}

{% macro duckdb__get_incremental_default_sql(arg_dict) -%}
    {{ return(get_incremental_delete_insert_sql(arg_dict)) }}
{%- endmacro %}

{% macro get_incremental_append_sql(arg_dict) -%}
    {{ return(adapter.dispatch('get_incremental_append_sql', 'dbt')(arg_dict)) }}
{%- endmacro %}

{% macro default__get_incremental_append_sql(arg_dict) -%}
    {{ return(get_insert_into_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'])) }}
{%- endmacro %}

{% macro get_incremental_delete_insert_sql(arg_dict) -%}
    {{ return(adapter.dispatch('get_incremental_delete_insert_sql', 'dbt')(arg_dict)) }}
{%- endmacro %}

{% macro default__get_incremental_delete_insert_sql(arg_dict) -%}
    {{ return(get_delete_insert_merge_sql(
        arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'],
        arg_dict['dest_columns'], arg_dict['incremental_predicates'])) }}
{%- endmacro %}

{% macro get_incremental_merge_sql(arg_dict) -%}
    {{ return(adapter.dispatch('get_incremental_merge_sql', 'dbt')(arg_dict)) }}
{%- endmacro %}

{% macro default__get_incremental_merge_sql(arg_dict) -%}
    {{ return(get_merge_sql(
        arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'],
        arg_dict['dest_columns'], arg_dict['incremental_predicates'])) }}
{%- endmacro %}

{% macro get_incremental_insert_overwrite_sql(arg_dict) -%}
    {{ return(adapter.dispatch('get_incremental_insert_overwrite_sql', 'dbt')(arg_dict)) }}
{%- endmacro %}

{% macro default__get_incremental_insert_overwrite_sql(arg_dict) -%}
    {{ return(get_insert_overwrite_merge_sql(
        arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'],
        arg_dict['incremental_predicates'] or [])) }}
{%- endmacro %}

{# Replaces the partitions (model config partition_by) that the new rows are in; without partition_by
   the whole table. A null partition is a partition. #}
{% macro duckdb__get_incremental_insert_overwrite_sql(arg_dict) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set source = arg_dict['temp_relation'] -%}
    {%- set partition_by = config.get('partition_by') or [] -%}
    {%- set partition_by = [partition_by] if partition_by is string else partition_by -%}
    {%- set conditions = [] -%}
    {%- for column in partition_by -%}
        {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ column ~ ' is not distinct from DBT_INTERNAL_DEST.' ~ column) -%}
    {%- endfor -%}
    {%- set predicates = arg_dict['incremental_predicates'] or [] -%}
    {%- set predicates = [predicates] if predicates is string else predicates -%}
    {%- if conditions -%}
        {%- set partitions -%}
        exists (
        select 1
        from {{ source }} as DBT_INTERNAL_SOURCE
        where {{ conditions | join(' and ') }}
    )
        {%- endset -%}
        {%- set predicates = [partitions] + predicates -%}
    {%- endif -%}
    delete from {{ target }} as DBT_INTERNAL_DEST
    {%- if predicates %}
    where {{ predicates | join('\n        and ') }}
    {%- endif %};

    {{ get_insert_into_sql(target, source, arg_dict['dest_columns']) }}
{%- endmacro %}

{% macro get_incremental_microbatch_sql(arg_dict) -%}
    {{ return(adapter.dispatch('get_incremental_microbatch_sql', 'dbt')(arg_dict)) }}
{%- endmacro %}

{% macro default__get_incremental_microbatch_sql(arg_dict) -%}
    {{ exceptions.raise_not_implemented('microbatch materialization strategy not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{# Replaces the rows of the batch's time window; new rows outside of it are left out. #}
{% macro duckdb__get_incremental_microbatch_sql(arg_dict) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set event_time = config.get('event_time') -%}
    {%- if not event_time -%}
        {{ exceptions.raise_compiler_error("the incremental strategy 'microbatch' needs the config 'event_time'") }}
    {%- endif -%}
    {%- if config.get('unique_key') -%}
        {{ exceptions.raise_compiler_error(
            "microbatch incremental strategy does not support 'unique_key'. Microbatch runs delete+insert per batch based on 'event_time'"
            ~ " and does not do key-based upserts. Remove 'unique_key' or use incremental_strategy='merge'.") }}
    {%- endif -%}
    {%- set batch = model.get('batch') or {} -%}
    {%- set start_time = batch.get('event_time_start') or config.get('__dbt_internal_microbatch_event_time_start') -%}
    {%- set end_time = batch.get('event_time_end') or config.get('__dbt_internal_microbatch_event_time_end') -%}
    {%- set window = [] -%}
    {%- if start_time -%}
        {%- do window.append(event_time ~ " >= '" ~ start_time ~ "'") -%}
    {%- endif -%}
    {%- if end_time -%}
        {%- do window.append(event_time ~ " < '" ~ end_time ~ "'") -%}
    {%- endif -%}
    {%- set condition = window | join('\n        and ') if window else 'true' -%}
    delete from {{ target }}
        where {{ condition }};

        insert into {{ target }} ({{ columns }})
        select {{ columns }}
        from {{ arg_dict['temp_relation'] }}
        where {{ condition }};
{%- endmacro %}

{# Append: the new rows, in the target's column order. #}
{% macro get_insert_into_sql(target_relation, temp_relation, dest_columns) -%}
    {%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    insert into {{ target_relation }} ({{ columns }})
    (
        select {{ columns }}
        from {{ temp_relation }}
    )

{% endmacro %}
