{# Amazon Redshift's spelling of the portable functions, where it is not PostgreSQL's. #}

{% macro redshift__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {{ return(default__dateadd(datepart, interval, from_date_or_timestamp)) }}
{%- endmacro %}

{% macro redshift__datediff(first_date, second_date, datepart) -%}
    {{ return(default__datediff(first_date, second_date, datepart)) }}
{%- endmacro %}

{% macro redshift__last_day(date, datepart) %}
    {{ default_last_day(date, datepart) }}
{% endmacro %}

{% macro redshift__cast_bool_to_text(field) %}
    case
        when {{ field }} is true then 'true'
        when {{ field }} is false then 'false'
    end::text
{% endmacro %}

{% macro redshift__length(expression) %}

    len(
        {{ expression }}
    )

{%- endmacro %}

{# No slices of arrays: the first parts are taken out of the whole text by a regular expression. #}
{% macro redshift__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- if limit_num -%}
    {%- set delimiter = modules.re.escape(delimiter_text[1:-1]) | replace('\\ ', ' ') -%}
    {%- set part = '[^' ~ delimiter ~ ']+' -%}
    regexp_substr(
        {{ default__listagg(measure, delimiter_text, order_by_clause, none) | trim }}
        ,'({{ part }}{{ delimiter }}){1,{{ limit_num - 1 }}}{{ part }}'
        )
    {%- else -%}
    {{ default__listagg(measure, delimiter_text, order_by_clause, none) }}
    {%- endif -%}
{%- endmacro %}

{% macro redshift__array_append(array, new_element) -%}
    {{ array_concat(array, array_construct([new_element])) }}
{%- endmacro %}

{% macro redshift__array_concat(array_1, array_2) -%}
    array_concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{% macro redshift__array_construct(inputs, data_type) -%}
    array( {{ inputs | join(' , ') }} )
{%- endmacro %}

{% macro redshift__current_timestamp() -%}
    getdate()
{%- endmacro %}

{% macro redshift__current_timestamp_backcompat() -%}
    getdate()
{%- endmacro %}

{% macro redshift__current_timestamp_in_utc_backcompat() -%}
    getdate()
{%- endmacro %}

{% macro redshift__snapshot_get_time() -%}
    {{ current_timestamp() }}::timestamp
{%- endmacro %}

{% macro redshift__snapshot_string_as_time(timestamp) -%}
    {{ return("'" ~ timestamp ~ "'::timestamp") }}
{%- endmacro %}
