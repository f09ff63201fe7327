{# MySQL's spelling of the portable functions (MySQL 8 reference manual). #}

{% macro mysql__generate_database_name(custom_database_name=none, node=none) -%}
    {{ return(none) }}
{%- endmacro %}

{# CAST knows char, signed, decimal…: no other name of a type. #}
{% macro mysql__type_string() -%}
    {{ return('char') }}
{%- endmacro %}

{% macro mysql__type_int() -%}
    {{ return('signed') }}
{%- endmacro %}

{% macro mysql__type_bigint() -%}
    {{ return('signed') }}
{%- endmacro %}

{% macro mysql__type_timestamp() -%}
    {{ return('datetime') }}
{%- endmacro %}

{% macro mysql__type_numeric() -%}
    {{ return('decimal(28,6)') }}
{%- endmacro %}

{% macro mysql__concat(fields) -%}
    concat({{ fields | join(', ') }})
{%- endmacro %}

{% macro mysql__hash(field) -%}
    md5(cast({{ field }} as char))
{%- endmacro %}

{% macro mysql__dateadd(datepart, interval, from_date_or_timestamp) -%}
    date_add({{ from_date_or_timestamp }}, interval {{ interval }} {{ datepart }})
{%- endmacro %}

{% macro mysql__datediff(first_date, second_date, datepart) -%}
    {%- if datepart == 'day' -%}
    datediff({{ second_date }}, {{ first_date }})
    {%- else -%}
    timestampdiff({{ datepart }}, {{ date_trunc(datepart, first_date) }}, {{ date_trunc(datepart, second_date) }})
    {%- endif -%}
{%- endmacro %}

{# There is no date_trunc(): the digits of the finer parts are written anew. #}
{% macro mysql__date_trunc(datepart, date) -%}
    {%- set formats = {'year': '%Y-01-01', 'month': '%Y-%m-01', 'day': '%Y-%m-%d', 'hour': '%Y-%m-%d %H:00:00', 'minute': '%Y-%m-%d %H:%i:00', 'second': '%Y-%m-%d %H:%i:%s'} -%}
    {%- if datepart == 'quarter' -%}
    (makedate(year({{ date }}), 1) + interval (quarter({{ date }}) - 1) quarter)
    {%- elif datepart == 'week' -%}
    (date({{ date }}) - interval weekday({{ date }}) day)
    {%- else -%}
    cast(date_format({{ date }}, '{{ formats[datepart] }}') as {{ 'datetime' if datepart in ('hour', 'minute', 'second') else 'date' }})
    {%- endif -%}
{%- endmacro %}

{% macro mysql__last_day(date, datepart) -%}
    {{ 'last_day(' ~ date ~ ')' if datepart == 'month' else default_last_day(date, datepart) }}
{%- endmacro %}

{% macro mysql__date(year, month, day) -%}
    {%- set literal = '%04d-%02d-%02d' | format(year, month, day) -%}
    date '{{ literal }}'
{%- endmacro %}

{% macro mysql__split_part(string_text, delimiter_text, part_number) -%}
    {%- if part_number >= 0 -%}
    substring_index(substring_index({{ string_text }}, {{ delimiter_text }}, {{ part_number }}), {{ delimiter_text }}, -1)
    {%- else -%}
    substring_index(substring_index({{ string_text }}, {{ delimiter_text }}, {{ part_number }}), {{ delimiter_text }}, 1)
    {%- endif -%}
{%- endmacro %}

{% macro mysql__bool_or(expression) -%}
    max({{ expression }})
{%- endmacro %}

{% macro mysql__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- if limit_num -%}
        {{ exceptions.raise_compiler_error('listagg with a limit is not supported on ' ~ adapter.type() ~ ': group_concat has none') }}
    {%- endif -%}
    group_concat({{ measure }}{{ ' ' ~ order_by_clause if order_by_clause }} separator {{ delimiter_text }})
{%- endmacro %}

{% macro mysql__current_timestamp() -%}
    current_timestamp()
{%- endmacro %}

{% macro mysql__current_timestamp_backcompat() -%}
    current_timestamp()
{%- endmacro %}

{% macro mysql__snapshot_string_as_time(timestamp) -%}
    {{ return("cast('" ~ timestamp ~ "' as datetime)") }}
{%- endmacro %}
