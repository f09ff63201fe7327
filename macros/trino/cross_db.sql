{# Trino's spelling of the portable functions (functions as in Trino's documentation). #}

{% macro trino__type_string() -%}
    {{ return('varchar') }}
{%- endmacro %}

{% macro trino__type_float() -%}
    {{ return('double') }}
{%- endmacro %}

{% macro trino__type_numeric() -%}
    {{ return('decimal(28,6)') }}
{%- endmacro %}

{% macro trino__type_int() -%}
    {{ return('integer') }}
{%- endmacro %}

{% macro trino__type_timestamp() -%}
    {{ return('timestamp') }}
{%- endmacro %}

{% macro trino__safe_cast(field, type) %}
    try_cast({{ field }} as {{ type }})
{% endmacro %}

{% macro trino__cast_bool_to_text(field) %}
    cast({{ field }} as varchar)
{% endmacro %}

{# concat() takes two arguments or more. #}
{% macro trino__concat(fields) -%}
    {%- if fields | length == 1 -%}
    {{ fields[0] }}
    {%- else -%}
    concat({{ fields | join(', ') }})
    {%- endif -%}
{%- endmacro %}

{# md5() works on bytes and yields bytes. #}
{% macro trino__hash(field) -%}
    lower(to_hex(md5(to_utf8(cast({{ field }} as varchar)))))
{%- endmacro %}

{% macro trino__any_value(expression) -%}
    any_value({{ expression }})
{%- endmacro %}

{% macro trino__dateadd(datepart, interval, from_date_or_timestamp) -%}
    date_add('{{ datepart }}', {{ interval }}, {{ from_date_or_timestamp }})
{%- endmacro %}

{% macro trino__datediff(first_date, second_date, datepart) -%}
    date_diff('{{ datepart }}', {{ first_date }}, {{ second_date }})
{%- endmacro %}

{% macro trino__last_day(date, datepart) -%}
    {%- if datepart == 'month' -%}
    last_day_of_month({{ date }})
    {%- else -%}
    {{ default_last_day(date, datepart) }}
    {%- endif -%}
{%- endmacro %}

{% macro trino__date(year, month, day) -%}
    {%- set literal = '%04d-%02d-%02d' | format(year, month, day) -%}
    date '{{ literal }}'
{%- endmacro %}

{% macro trino__current_timestamp() -%}
    current_timestamp
{%- endmacro %}

{% macro trino__current_timestamp_backcompat() %}
    cast(current_timestamp as timestamp)
{% endmacro %}

{% macro trino__snapshot_get_time() -%}
    cast(current_timestamp as timestamp)
{%- endmacro %}

{% macro trino__snapshot_string_as_time(timestamp) -%}
    {{ return("timestamp '" ~ timestamp ~ "'") }}
{%- endmacro %}

{# There is no right(): the text from where its last characters begin, all of a shorter text. #}
{% macro trino__right(string_text, length_expression) -%}
    substr({{ string_text }}, greatest(length({{ string_text }}) - ({{ length_expression }}) + 1, 1))
{%- endmacro %}

{% macro trino__split_part(string_text, delimiter_text, part_number) %}
    element_at(split({{ string_text }}, {{ delimiter_text }}), {{ part_number }})
{% endmacro %}

{% macro trino__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- if limit_num -%}
    array_join(
        slice(
            array_agg({{ measure }}{{ ' ' ~ order_by_clause if order_by_clause }}),
            1,
            {{ limit_num }}
        ),
        {{ delimiter_text }}
        )
    {%- else -%}
    listagg(cast({{ measure }} as varchar), {{ delimiter_text }}) within group ({{ order_by_clause if order_by_clause else 'order by ' ~ measure }})
    {%- endif -%}
{%- endmacro %}

{% macro trino__array_append(array, new_element) -%}
    concat({{ array }}, array[{{ new_element }}])
{%- endmacro %}

{% macro trino__array_concat(array_1, array_2) -%}
    concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{% macro trino__array_construct(inputs, data_type) -%}
    {%- if inputs | length > 0 -%}
    array[{{ inputs | join(', ') }}]
    {%- else -%}
    cast(array[] as array({{ data_type }}))
    {%- endif -%}
{%- endmacro %}

{# sequence() makes at most 10,000 elements; longer series come from the binary digits. #}
{% macro trino__generate_series(upper_bound) %}
    {%- if upper_bound <= 10000 %}
    select generated_number
    from unnest(sequence(1, {{ upper_bound }})) as series(generated_number)
    {%- else -%}
    {{ default__generate_series(upper_bound) }}
    {%- endif %}
{% endmacro %}
