{# Microsoft Fabric's spelling of the portable functions; where it is SQL Server's, that is asked,
   in cross_db.sql of `sqlserver`. #}

{% macro fabric__type_timestamp() -%}
    {{ return('datetime2(6)') }}
{%- endmacro %}

{% macro fabric__concat(fields) -%}
    {{ return(sqlserver__concat(fields)) }}
{%- endmacro %}

{% macro fabric__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {{ return(sqlserver__dateadd(datepart, interval, from_date_or_timestamp)) }}
{%- endmacro %}

{% macro fabric__date_trunc(datepart, date) -%}
    {{ return(sqlserver__date_trunc(datepart, date)) }}
{%- endmacro %}

{% macro fabric__last_day(date, datepart) -%}
    {{ return(sqlserver__last_day(date, datepart)) }}
{%- endmacro %}

{% macro fabric__date(year, month, day) -%}
    {{ '%04d-%02d-%02d' | format(year, month, day) }}
{%- endmacro %}

{% macro fabric__safe_cast(field, type) -%}
    {{ return(sqlserver__safe_cast(field, type)) }}
{%- endmacro %}

{% macro fabric__cast_bool_to_text(field) -%}
    {{ return(sqlserver__cast_bool_to_text(field)) }}
{%- endmacro %}

{% macro fabric__hash(field) %}
    lower(convert(varchar(50), hashbytes('md5', coalesce(convert(varchar(max), {{ field }}), '')), 2))
{% endmacro %}

{# string_split() numbers the parts; a negative one is counted from the last. #}
{% macro fabric__split_part(string_text, delimiter_text, part_number) %}
    {%- set index = 'forward_index' if part_number >= 0 else 'backward_index' %}
    (
        select value
        from
            (select
                value,
                row_number() over (order by ordinal asc) as forward_index,
                row_number() over (order by ordinal desc) as backward_index
            from string_split(
                replace({{ string_text }}, {{ delimiter_text }}, char(1)),
                char(1), 1
            )) as SplitData
        where {{ index }} = {{ part_number | abs }}
    )
{% endmacro %}

{% macro fabric__position(substring_text, string_text) -%}
    {{ return(sqlserver__position(substring_text, string_text)) }}
{%- endmacro %}

{% macro fabric__length(expression) -%}
    {{ return(sqlserver__length(expression)) }}
{%- endmacro %}

{% macro fabric__any_value(expression) -%}
    {{ return(sqlserver__any_value(expression)) }}
{%- endmacro %}

{% macro fabric__bool_or(expression) -%}
    MAX(
        CASE
            WHEN {{ expression }} THEN 1
            ELSE 0
        END
    )
{%- endmacro %}

{% macro fabric__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {{ return(sqlserver__listagg(measure, delimiter_text, order_by_clause, limit_num)) }}
{%- endmacro %}

{% macro fabric__array_append(array, new_element) -%}
    {{ return(sqlserver__array_append(array, new_element)) }}
{%- endmacro %}

{# Arrays are JSON text: an empty one has nothing at its first place. #}
{% macro fabric__array_concat(array_1, array_2) -%}
    CASE
        WHEN COALESCE(JSON_VALUE({{ array_1 }}, '$[0]'), JSON_QUERY({{ array_1 }}, '$[0]')) IS NULL THEN {{ array_2 }}
        WHEN COALESCE(JSON_VALUE({{ array_2 }}, '$[0]'), JSON_QUERY({{ array_2 }}, '$[0]')) IS NULL THEN {{ array_1 }}
        ELSE CONCAT(LEFT({{ array_1 }}, LEN({{ array_1 }}) - 1), ',', STUFF({{ array_2 }}, 1, 1, ''))
    END
{%- endmacro %}

{% macro fabric__array_construct(inputs, data_type) %}
    JSON_ARRAY({{ inputs | join(', ') if inputs | length > 0 else 'NULL' }})
{%- endmacro %}

{% macro fabric__current_timestamp() -%}
    {{ return(sqlserver__current_timestamp()) }}
{%- endmacro %}

{% macro fabric__snapshot_string_as_time(timestamp) -%}
    {{ return(sqlserver__snapshot_string_as_time(timestamp)) }}
{%- endmacro %}

{% macro fabric__get_true_sql() -%}
    {{ return('1=1') }}
{%- endmacro %}

{% macro fabric__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
    {%- if select_sql_header is not none -%}
    {{ select_sql_header }}
    {% endif %}
    with __dbt_sbq_tmp as (
        {{ select_sql }}
    )
    select * from __dbt_sbq_tmp
    where 0 = 1
{% endmacro %}

{% macro fabric__get_limit_subquery_sql(sql, limit) -%}
    {{ return(sqlserver__get_limit_subquery_sql(sql, limit)) }}
{%- endmacro %}
