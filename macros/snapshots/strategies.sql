{# Which rows of a snapshot have changed. A strategy answers {unique_key, updated_at, row_changed,
   scd_id, hard_deletes}: SQL expressions over the two relations it is given. A project's
   snapshot_<name>_strategy is a strategy of its own. #}

{# The macro of a strategy: `name`, or `package.name`. #}
{% macro strategy_dispatch(name) -%}
    {%- set where = context -%}
    {%- set short_name = name -%}
    {%- if '.' in name -%}
        {%- set package_name, short_name = name.split('.', 1) -%}
        {%- set where = context.get(package_name) -%}
        {%- if where is none -%}
            {{ exceptions.raise_compiler_error("Could not find package '" ~ package_name ~ "', called with '" ~ name ~ "'") }}
        {%- endif -%}
    {%- endif -%}
    {%- set found = where.get('snapshot_' ~ short_name ~ '_strategy', none) -%}
    {%- if found is none -%}
        {{ exceptions.raise_compiler_error("The specified strategy macro '" ~ short_name ~ "' was not found in package '" ~ package_name ~ "'") }}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}

{# One text out of several columns, the same for the same row in every run. #}
{% macro snapshot_hash_arguments(args) -%}
    {{ adapter.dispatch('snapshot_hash_arguments', 'dbt')(args) }}
{%- endmacro %}

{% macro default__snapshot_hash_arguments(args) -%}
    md5({%- for arg in args -%}
        coalesce(cast({{ arg }} as varchar ), '')
        {% if not loop.last %} || '|' || {% endif %}
    {%- endfor -%})
{%- endmacro %}

{# unique_key as a list; it may be one text. #}
{% macro snapshot_key_columns(unique_key) -%}
    {{ return([unique_key] if unique_key is string else unique_key | list) }}
{%- endmacro %}

{# A newer updated_at makes a new version. #}
{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
    {%- set unique_key = config.get('unique_key') -%}
    {%- set updated_at = config.get('updated_at') -%}
    {%- set hard_deletes = adapter.get_hard_deletes_behavior(config) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {{ return({
        'unique_key': unique_key,
        'updated_at': updated_at,
        'row_changed': '(' ~ snapshotted_rel ~ '.' ~ columns.dbt_valid_from ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')',
        'scd_id': snapshot_hash_arguments(snapshot_key_columns(unique_key) + [updated_at]),
        'invalidate_hard_deletes': hard_deletes == 'invalidate',
        'hard_deletes': hard_deletes
    }) }}
{% endmacro %}

{# Any difference in check_cols makes a new version; so does a column that the snapshot lacks yet. #}
{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
    {%- set unique_key = config.get('unique_key') -%}
    {%- set hard_deletes = adapter.get_hard_deletes_behavior(config) -%}
    {%- set updated_at = config.get('updated_at') or snapshot_get_time() -%}
    {%- set column_added, column_names = snapshot_check_all_get_existing_columns(node, target_exists, config.get('check_cols')) -%}
    {%- set row_changed -%}
    (
    {%- if column_added -%}
        {{ get_true_sql() }}
    {%- else -%}
        {%- for column in column_names -%}
            {%- set old = snapshotted_rel ~ '.' ~ column -%}
            {%- set new = current_rel ~ '.' ~ column -%}
            {{ old }} != {{ new }}
        or
        (
            (({{ old }} is null) and not ({{ new }} is null))
            or
            ((not {{ old }} is null) and ({{ new }} is null))
        ){% if not loop.last %} or {% endif %}
        {%- endfor -%}
    {%- endif -%}
    )
    {%- endset -%}
    {{ return({
        'unique_key': unique_key,
        'updated_at': updated_at,
        'row_changed': row_changed,
        'scd_id': snapshot_hash_arguments(snapshot_key_columns(unique_key) + [updated_at]),
        'invalidate_hard_deletes': hard_deletes == 'invalidate',
        'hard_deletes': hard_deletes
    }) }}
{% endmacro %}

{# (whether the query has a checked column that the snapshot lacks, the checked columns that both
   have, quoted). Of a list, `all` aside, the query is asked: a misspelt column is an error. #}
{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) -%}
    {%- if not target_exists -%}
        {{ return((false, [])) }}
    {%- endif -%}
    {%- if check_cols_config == 'all' -%}
        {%- set query_columns = get_columns_in_query(node['compiled_code']) -%}
    {%- elif check_cols_config is iterable and check_cols_config | length > 0 -%}
        {%- set checked -%}
            select {{ check_cols_config | join(', ') }} from (
                {{ node['compiled_code'] }}
            ) subq
        {%- endset -%}
        {%- set query_columns = get_columns_in_query(checked) -%}
    {%- else -%}
        {{ exceptions.raise_compiler_error("Invalid value for 'check_cols': " ~ check_cols_config) }}
    {%- endif -%}
    {%- set known = adapter.get_columns_in_relation(load_cached_relation(this)) | map(attribute='name') | map('lower') | list -%}
    {%- set shared = [] -%}
    {%- for name in query_columns if name | lower in known -%}
        {%- do shared.append(adapter.quote(name)) -%}
    {%- endfor -%}
    {{ return((shared | length < query_columns | length, shared)) }}
{%- endmacro %}
