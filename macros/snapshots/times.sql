{# The times of a snapshot: what they are compared with, and a warning when types do not fit. #}

{# Type of the query's updated_at column; none when it has no such column. #}
{% macro get_updated_at_column_data_type(snapshot_sql) -%}
    {%- set found = namespace(type=none) -%}
    {%- for column in get_column_schema_from_query(snapshot_sql) if column.column | upper == 'DBT_UPDATED_AT' -%}
        {%- set found.type = column.dtype -%}
    {%- endfor -%}
    {{ return(found.type) }}
{%- endmacro %}

{# Only warns: a snapshot of mixed types works as far as the engine converts them. #}
{% macro check_time_data_types(sql) -%}
    {%- set updated_at_type = get_updated_at_column_data_type(sql) -%}
    {%- set time_type = get_snapshot_get_time_data_type() -%}
    {%- if time_type is not none and updated_at_type is not none and time_type != updated_at_type -%}
        {%- do exceptions.warn_snapshot_timestamp_data_types(time_type, updated_at_type) -%}
    {%- endif -%}
{%- endmacro %}
