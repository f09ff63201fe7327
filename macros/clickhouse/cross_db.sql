{# ClickHouse's spelling of the portable functions. #}

{% macro clickhouse__generate_database_name(custom_database_name=none, node=none) -%}
    {{ return('') }}
{%- endmacro %}

{% macro clickhouse__type_numeric() -%}
    {{ return('Decimal(28, 6)') }}
{%- endmacro %}

{% macro clickhouse__last_day(date, datepart) -%}
    {{ dateadd('day', '-1', dateadd(datepart, '1', date_trunc(datepart, date))) }}
{%- endmacro %}

{% macro clickhouse__safe_cast(field, type) -%}
    CAST({{ field }} AS {{ type }})
{%- endmacro %}

{% macro clickhouse__cast_bool_to_text(field) %}
    multiIf({{ field }} > 0, 'true', {{ field }} = 0, 'false', NULL)
{% endmacro %}

{% macro clickhouse__hash(field) -%}
    lower(hex(MD5(toString({{ field }} ))))
{%- endmacro %}

{# Negative positions count from the end. #}
{% macro clickhouse__split_part(string_text, delimiter_text, part_number) %}
    splitByString({{ delimiter_text }}, {{ string_text }})[{{ part_number }}]
{% endmacro %}

{% macro clickhouse__replace(field, old_chars, new_chars) -%}
    replaceAll({{ field }}, {{ old_chars }}, {{ new_chars }})
{%- endmacro %}

{% macro clickhouse__any_value(expression) -%}
    any({{ expression }})
{%- endmacro %}

{% macro clickhouse__bool_or(expression) -%}
    max({{ expression }}) > 0
{%- endmacro %}

{# An order sorts pairs of the measure and what it is ordered by. #}
{% macro clickhouse__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- set collected = 'array_agg(' ~ measure ~ ')' -%}
    {%- if order_by_clause -%}
        {%- set words = (order_by_clause | trim).split() -%}
        {%- set direction = 'arrayReverseSort' if words[-1] | lower == 'desc' else 'arraySort' -%}
        {%- set keys = words[2:] | reject('in', ['asc', 'desc', 'ASC', 'DESC']) | join(' ') -%}
        {%- set collected = 'arrayMap(x -> x.1, ' ~ direction ~ '(x -> x.2, arrayZip(' ~ collected ~ ', array_agg(' ~ keys ~ '))))' -%}
    {%- endif -%}
    {%- if limit_num -%}
        {%- set collected = 'arraySlice(' ~ collected ~ ', 1, ' ~ limit_num ~ ')' -%}
    {%- endif -%}
    arrayStringConcat({{ collected }}, {{ delimiter_text }})
{%- endmacro %}

{% macro clickhouse__array_append(array, new_element) -%}
    arrayPushBack({{ array }}, {{ new_element }})
{% endmacro %}

{% macro clickhouse__array_concat(array_1, array_2) -%}
    arrayConcat({{ array_1 }}, {{ array_2 }})
{% endmacro %}

{% macro clickhouse__array_construct(inputs, data_type) -%}
    {% if inputs | length > 0 %}
    [ {{ inputs | join(' , ') }} ]
    {% else %}
    emptyArray{{ data_type }}()
    {% endif %}
{%- endmacro %}

{% macro clickhouse__current_timestamp() -%}
    now()
{%- endmacro %}

{% macro clickhouse__snapshot_string_as_time(timestamp) -%}
    {{ return("toDateTime('" ~ timestamp ~ "')") }}
{%- endmacro %}
