{# Trino's spelling of the portable functions (functions as in Trino's documentation). #}

{% macro trino__type_string() -%}
    {{ return('varchar') }}
{%- endmacro %}

{% macro trino__type_float() -%}
    {{ return('double') }}
{%- endmacro %}

{% macro trino__type_numeric() -%}
    {{ return('decimal(28, 6)') }}
{%- endmacro %}

{% macro trino__type_timestamp() -%}
    {{ return('timestamp') }}
{%- endmacro %}

{% macro trino__safe_cast(field, type) -%}
    try_cast({{ field }} as {{ type }})
{%- endmacro %}

{# md5() works on bytes and yields bytes. #}
{% macro trino__hash(field) -%}
    lower(to_hex(md5(to_utf8(cast({{ field }} as varchar)))))
{%- endmacro %}

{% macro trino__any_value(expression) -%}
    min({{ expression }})
{%- endmacro %}

{% macro trino__dateadd(datepart, interval, from_date_or_timestamp) -%}
    date_add('{{ datepart }}', {{ interval }}, {{ from_date_or_timestamp }})
{%- endmacro %}

{# date_diff() counts whole units; this counts the boundaries between the two. #}
{% macro trino__datediff(first_date, second_date, datepart) -%}
    {%- set first = 'CAST(' ~ first_date ~ ' AS TIMESTAMP)' -%}
    {%- set second = 'CAST(' ~ second_date ~ ' AS TIMESTAMP)' -%}
    {%- if datepart == 'year' -%}
    (year({{ second }}) - year({{ first }}))
    {%- elif datepart in ('quarter', 'month') -%}
    ({{ datediff(first_date, second_date, 'year') }} * {{ 4 if datepart == 'quarter' else 12 }}) + {{ datepart }}({{ second }}) - {{ datepart }}({{ first }})
    {%- elif datepart == 'day' -%}
    ((to_milliseconds((CAST({{ second }} AS DATE) - CAST({{ first }} AS DATE)))) / 86400000)
    {%- elif datepart == 'week' -%}
    ({{ datediff(first_date, second_date, 'day') }} / 7 + case
            when dow({{ first }}) <= dow({{ second }}) then
                case when {{ first_date }} <= {{ second_date }} then 0 else -1 end
            else
                case when {{ first_date }} <= {{ second_date }} then 1 else 0 end
        end)
    {%- elif datepart in ('hour', 'minute', 'second') -%}
    {%- set coarser, units = {'hour': ('day', 24), 'minute': ('hour', 60), 'second': ('minute', 60)}[datepart] -%}
    ({{ datediff(first_date, second_date, coarser) }} * {{ units }} + {{ datepart }}({{ second }}) - {{ datepart }}({{ first }}))
    {%- elif datepart == 'millisecond' -%}
    (to_milliseconds(({{ second }} - {{ first }})))
    {%- else -%}
    {{ exceptions.raise_compiler_error('Unsupported datepart for macro datediff in Trino: ' ~ datepart) }}
    {%- endif -%}
{%- endmacro %}

{% macro trino__current_timestamp() -%}
    current_timestamp
{%- endmacro %}

{% macro trino__snapshot_string_as_time(timestamp) -%}
    {{ return("timestamp '" ~ timestamp ~ "'") }}
{%- endmacro %}

{# There is no right(): a negative start counts from the end. #}
{% macro trino__right(string_text, length_expression) %}
    case when {{ length_expression }} = 0
        then ''
    else
        substr({{ string_text }}, -1 * ({{ length_expression }}))
    end
{%- endmacro %}

{# split_part() takes no negative part number. #}
{% macro trino__split_part(string_text, delimiter_text, part_number) %}
  {% if part_number >= 0 %}
    {{ default__split_part(string_text, delimiter_text, part_number) }}
  {% else %}
    {{ _split_part_negative(string_text, delimiter_text, part_number) }}
  {% endif %}
{% endmacro %}

{% macro trino__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- set collected = 'array_agg(' ~ measure ~ ' ' ~ (order_by_clause or '') ~ ')' -%}
    {%- if limit_num -%}
        {%- set collected = 'slice( ' ~ collected ~ ' , 1, ' ~ limit_num ~ ')' -%}
    {%- endif -%}
    {{ ' array_join( ' ~ collected ~ ' , ' ~ delimiter_text ~ ') ' }}
{%- endmacro %}

{% macro trino__array_append(array, new_element) -%}
    {{ array_concat(array, array_construct([new_element])) }}
{%- endmacro %}

{% macro trino__array_concat(array_1, array_2) -%}
    concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{% macro trino__array_construct(inputs, data_type) -%}
    {{ 'array[ ' ~ (inputs | join(' , ')) ~ ' ]' if inputs | length > 0 else 'null' }}
{%- endmacro %}
