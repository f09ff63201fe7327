{# StarRocks' spelling of the portable functions (StarRocks' SQL reference). #}

{% macro starrocks__generate_database_name(custom_database_name=none, node=none) -%}
    {{ return(none) }}
{%- endmacro %}

{% macro starrocks__type_numeric() -%}
    {{ return('decimal(28,6)') }}
{%- endmacro %}

{% macro starrocks__concat(fields) -%}
    concat({{ fields | join(', ') }})
{%- endmacro %}

{% macro starrocks__hash(field) -%}
    md5(cast({{ field }} as string))
{%- endmacro %}

{% macro starrocks__dateadd(datepart, interval, from_date_or_timestamp) -%}
    date_add({{ from_date_or_timestamp }}, interval {{ interval }} {{ datepart }})
{%- endmacro %}

{# date_diff() counts whole units: both are cut to the unit first. #}
{% macro starrocks__datediff(first_date, second_date, datepart) -%}
    date_diff('{{ datepart }}', {{ date_trunc(datepart, second_date) }}, {{ date_trunc(datepart, first_date) }})
{%- endmacro %}

{% macro starrocks__last_day(date, datepart) -%}
    last_day({{ date }}, '{{ datepart }}')
{%- endmacro %}

{% macro starrocks__date(year, month, day) -%}
    {%- set literal = '%04d-%02d-%02d' | format(year, month, day) -%}
    cast('{{ literal }}' as date)
{%- endmacro %}

{% macro starrocks__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- if limit_num -%}
        {{ exceptions.raise_compiler_error('listagg with a limit is not supported on starrocks: group_concat has none') }}
    {%- endif -%}
    group_concat({{ measure }}{{ ' ' ~ order_by_clause if order_by_clause }} separator {{ delimiter_text }})
{%- endmacro %}

{% macro starrocks__array_construct(inputs, data_type) -%}
    {{ '[' ~ (inputs | join(', ')) ~ ']' if inputs | length > 0 else 'cast([] as array<' ~ data_type ~ '>)' }}
{%- endmacro %}

{% macro starrocks__array_concat(array_1, array_2) -%}
    array_concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{% macro starrocks__current_timestamp() -%}
    current_timestamp()
{%- endmacro %}

{% macro starrocks__current_timestamp_backcompat() -%}
    current_timestamp()
{%- endmacro %}

{% macro starrocks__snapshot_string_as_time(timestamp) -%}
    {{ return("cast('" ~ timestamp ~ "' as datetime)") }}
{%- endmacro %}
