{# The tables of a snapshot: its first version, and the staging table of a later run, in which each
   row says what is to be done with it. #}

{# Column names of the history: dbt's, or the project's by snapshot_meta_column_names. #}
{% macro get_snapshot_table_column_names() -%}
    {%- set given = config.get('snapshot_meta_column_names', {}) or {} -%}
    {%- set names = {} -%}
    {%- for name in ['dbt_valid_to', 'dbt_valid_from', 'dbt_scd_id', 'dbt_updated_at', 'dbt_is_deleted'] -%}
        {%- do names.update({name: given.get(name) or name}) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{# The end of a row that is valid now: null, or dbt_valid_to_current. #}
{% macro get_dbt_valid_to_current(strategy, columns) %}
  {% set current = config.get('dbt_valid_to_current') or 'null' %}
  coalesce(nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}), {{ current }})
  as {{ columns.dbt_valid_to }}
{% endmacro %}

{% macro unique_key_fields(unique_key) %}
    {% if unique_key is not string %}
        {% for key in unique_key %}
            {{ key }} as dbt_unique_key_{{ loop.index }} {{ ',' if not loop.last }}
        {% endfor %}
    {% else %}
        {{ unique_key }} as dbt_unique_key
    {% endif %}
{% endmacro %}

{% macro unique_key_join_on(unique_key, identifier, from_identifier) %}
    {% if unique_key is not string %}
        {% for key in unique_key %}
            {{ equals(identifier ~ '.dbt_unique_key_' ~ loop.index, from_identifier ~ '.dbt_unique_key_' ~ loop.index) }}
            {{- ' and' if not loop.last }}
        {% endfor %}
    {% else %}
        {{ identifier }}.dbt_unique_key = {{ from_identifier }}.dbt_unique_key
    {% endif %}
{% endmacro %}

{% macro unique_key_is_null(unique_key, identifier) %}
    {{ identifier }}.dbt_unique_key{{ '_1' if unique_key is not string }} is null
{% endmacro %}

{% macro unique_key_is_not_null(unique_key, identifier) %}
    {{ identifier }}.dbt_unique_key{{ '_1' if unique_key is not string }} is not null
{% endmacro %}

{% macro build_snapshot_table(strategy, sql) -%}
    {{ adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql) }}
{%- endmacro %}

{% macro default__build_snapshot_table(strategy, sql) %}
    {% set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() %}

    select *,
        {{ strategy.scd_id }} as {{ columns.dbt_scd_id }},
        {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
        {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
        {{ get_dbt_valid_to_current(strategy, columns) }}
        {%- if strategy.hard_deletes == 'new_record' %}
, 'False' as {{ columns.dbt_is_deleted }}
        {%- endif %}
    from (
        {{ sql }}
    ) sbq
{% endmacro %}

{# Makes the staging table, which lives until post_snapshot. #}
{% macro build_snapshot_staging_table(strategy, sql, target_relation) %}
    {%- set staging_relation = make_temp_relation(target_relation).incorporate(type='table') -%}
    {%- set select = snapshot_staging_table(strategy, sql, target_relation) -%}
    {%- call statement('build_snapshot_staging_relation') %}
        {{ create_table_as(true, staging_relation, select) }}
    {% endcall -%}
    {{ return(staging_relation) }}
{% endmacro %}

{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {{ adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation) }}
{%- endmacro %}

{# Rows to insert (new keys and new versions), to close (updated or deleted ones), and, when deletes
   make records, the records of deletion. #}
{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {% set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() %}
    {% set current = config.get('dbt_valid_to_current') %}
    {% set keeps_deletes = strategy.hard_deletes == 'new_record' %}
    {% set closes_deletes = keeps_deletes or strategy.hard_deletes == 'invalidate' %}
    {% set is_deleted = "snapshotted_data." ~ columns.dbt_is_deleted ~ " = 'True'" %}
    {% set match = unique_key_join_on(strategy.unique_key, 'snapshotted_data', 'source_data') %}
    {% if keeps_deletes %}
        {% set new_columns = snapshot_staging_columns(source_sql, target_relation) %}
    {% endif %}
    with snapshot_query as (

        {{ source_sql }}

    ),

    snapshotted_data as (

        select *, {{ unique_key_fields(strategy.unique_key) }}
        from {{ target_relation }}
        where
            {% if current %}
                ( {{ equals(columns.dbt_valid_to, current) }} or {{ columns.dbt_valid_to }} is null )
            {% else %}
                {{ columns.dbt_valid_to }} is null
            {% endif %}

    ),

    insertions_source_data as (

        select *, {{ unique_key_fields(strategy.unique_key) }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ get_dbt_valid_to_current(strategy, columns) }},
            {{ strategy.scd_id }} as {{ columns.dbt_scd_id }}

        from snapshot_query
    ),

    updates_source_data as (

        select *, {{ unique_key_fields(strategy.unique_key) }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_to }}

        from snapshot_query
    ),

    {% if closes_deletes %}
    deletes_source_data as (

        select *, {{ unique_key_fields(strategy.unique_key) }}

        from snapshot_query
    ),
    {% endif %}

    insertions as (

        select
            'insert' as dbt_change_type,
            source_data.*
            {%- if keeps_deletes -%}
            , 'False' as {{ columns.dbt_is_deleted }}
            {%- endif %}

        from insertions_source_data as source_data
        left outer join snapshotted_data
            on {{ match }}
        where {{ unique_key_is_null(strategy.unique_key, 'snapshotted_data') }}
            or (
                {{ unique_key_is_not_null(strategy.unique_key, 'snapshotted_data') }}
                and ({{ strategy.row_changed }}{{ ' or ' ~ is_deleted if keeps_deletes }})
            )

    ),

    updates as (

        select
            'update' as dbt_change_type,
            source_data.*,
            snapshotted_data.{{ columns.dbt_scd_id }}
            {%- if keeps_deletes -%}
            , snapshotted_data.{{ columns.dbt_is_deleted }}
            {%- endif %}

        from updates_source_data as source_data
        join snapshotted_data
            on {{ match }}
        where (
            {{ strategy.row_changed }}{{ ' or ' ~ is_deleted if keeps_deletes }}
        )
    )
    {%- if closes_deletes %},

    deletes as (

        select
            'delete' as dbt_change_type,
            source_data.*,
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
            {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_to }},
            snapshotted_data.{{ columns.dbt_scd_id }}
            {%- if keeps_deletes -%}
            , snapshotted_data.{{ columns.dbt_is_deleted }}
            {%- endif %}
        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ match }}
        where {{ unique_key_is_null(strategy.unique_key, 'source_data') }}
            {%- if keeps_deletes %}
            and not (
                {{ is_deleted }}
                and snapshotted_data.{{ columns.dbt_valid_to }} {{ '= ' ~ current if current else 'is null' }}
            )
            {%- endif %}
    )
    {%- endif %}
    {%- if keeps_deletes %},

    deletion_records as (

        select
            'insert' as dbt_change_type,
            {% for column in new_columns -%}
            {{ 'snapshotted_data' if column.is_known else 'source_data' }}.{{ adapter.quote(column.name) }},
            {% endfor -%}
            {%- if strategy.unique_key is not string -%}
            {% for key in strategy.unique_key -%}
            snapshotted_data.{{ key }} as dbt_unique_key_{{ loop.index }},
            {% endfor -%}
            {%- else -%}
            snapshotted_data.dbt_unique_key as dbt_unique_key,
            {% endif -%}
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
            {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
            snapshotted_data.{{ columns.dbt_valid_to }} as {{ columns.dbt_valid_to }},
            {{ snapshot_hash_arguments([columns.dbt_scd_id, snapshot_get_time()]) }} as {{ columns.dbt_scd_id }},
            'True' as {{ columns.dbt_is_deleted }}
        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ match }}
        where {{ unique_key_is_null(strategy.unique_key, 'source_data') }}
            and not (
                {{ is_deleted }}
                and snapshotted_data.{{ columns.dbt_valid_to }} {{ '= ' ~ current if current else 'is null' }}
            )

    )
    {%- endif %}

    select * from insertions
    union all
    select * from updates
    {%- if closes_deletes %}
    union all
    select * from deletes
    {%- endif %}
    {%- if keeps_deletes %}
    union all
    select * from deletion_records
    {%- endif %}
{% endmacro %}

{# The columns of the query in its order, and whether the snapshot has them already. #}
{% macro snapshot_staging_columns(source_sql, target_relation) -%}
    {%- set known = adapter.get_columns_in_relation(target_relation) | map(attribute='name') | map('lower') | list -%}
    {%- set columns = [] -%}
    {%- for name in get_columns_in_query(source_sql) -%}
        {%- do columns.append({'name': name, 'is_known': name | lower in known}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{% macro snapshot_merge_sql(target, source, insert_cols) -%}
    {{ adapter.dispatch('snapshot_merge_sql', 'dbt')(target, source, insert_cols) }}
{%- endmacro %}

{# Closes the rows that the staging table says are over, and adds those that begin. #}
{% macro default__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set current = config.get('dbt_valid_to_current') -%}
    {%- set insert_columns_csv = insert_cols | join(', ') %}

    merge into {{ target.render() }} as DBT_INTERNAL_DEST
    using {{ source }} as DBT_INTERNAL_SOURCE
    on DBT_INTERNAL_SOURCE.{{ columns.dbt_scd_id }} = DBT_INTERNAL_DEST.{{ columns.dbt_scd_id }}

    when matched
     {% if current %}
       and ({{ equals('DBT_INTERNAL_DEST.' ~ columns.dbt_valid_to, current) }} or DBT_INTERNAL_DEST.{{ columns.dbt_valid_to }} is null)
     {% else %}
       and DBT_INTERNAL_DEST.{{ columns.dbt_valid_to }} is null
     {% endif %}
     and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
        then update
        set {{ columns.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ columns.dbt_valid_to }}

    when not matched
     and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
        then insert ({{ insert_columns_csv }})
        values ({{ insert_columns_csv }})

{% endmacro %}

{# Adds the columns that the query has gained. #}
{% macro create_columns(relation, columns) %}
    {{ adapter.dispatch('create_columns', 'dbt')(relation, columns) }}
{% endmacro %}

{% macro default__create_columns(relation, columns) %}
    {%- for column in columns -%}
        {%- call statement() %}
      alter table {{ relation.render() }} add column {{ adapter.quote(column.name) }} {{ column.data_type }};
    {% endcall -%}
    {%- endfor -%}
{% endmacro %}

{# Clears away the staging table, once the snapshot is committed. #}
{% macro post_snapshot(staging_relation) -%}
    {{ adapter.dispatch('post_snapshot', 'dbt')(staging_relation) }}
{%- endmacro %}

{% macro default__post_snapshot(staging_relation) -%}
    {# an engine's temporary tables end with the session #}
{%- endmacro %}
