{# Athena's engine is Trino's: what it spells alike is asked there, in cross_db.sql of `trino`. #}

{% macro athena__type_float() -%}
    {{ return('DOUBLE') }}
{%- endmacro %}

{% macro athena__type_numeric() -%}
    {{ return('DECIMAL(38,6)') }}
{%- endmacro %}

{% macro athena__type_int() -%}
    {{ return('INTEGER') }}
{%- endmacro %}

{% macro athena__safe_cast(field, type) -%}
    {{ return(trino__safe_cast(field, type)) }}
{%- endmacro %}

{% macro athena__hash(field) -%}
    {{ return(trino__hash(field)) }}
{%- endmacro %}

{% macro athena__equals(expr1, expr2) -%}
    ({{ expr1 }} = {{ expr2 }})
{%- endmacro %}

{% macro athena__any_value(expression) -%}
    arbitrary({{ expression }})
{%- endmacro %}

{% macro athena__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {{ return(trino__dateadd(datepart, interval, from_date_or_timestamp)) }}
{%- endmacro %}

{% macro athena__datediff(first_date, second_date, datepart) -%}
    {{ return(trino__datediff(first_date, second_date, datepart)) }}
{%- endmacro %}

{% macro athena__right(string_text, length_expression) -%}
    {{ return(trino__right(string_text, length_expression)) }}
{%- endmacro %}

{% macro athena__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    array_join(
          {%- if limit_num %}
          slice(
          {%- endif %}
          array_agg(
              {{ measure }}
              {%- if order_by_clause %}
                {{ order_by_clause }}
              {%- endif %}
          )
          {%- if limit_num %}
            , 1, {{ limit_num }}
          )
          {%- endif %}
        , {{ delimiter_text }}
    )
{%- endmacro %}

{% macro athena__array_append(array, new_element) -%}
    {{ array }} || {{ new_element }}
{%- endmacro %}

{% macro athena__array_concat(array_1, array_2) -%}
    {{ array_1 }} || {{ array_2 }}
{%- endmacro %}

{% macro athena__array_construct(inputs, data_type) -%}
    {% if inputs | length > 0 %}
    array[ {{ inputs | join(' , ') }} ]
    {% else %}
    try_cast(array[] as array({{ data_type }}))
    {% endif %}
{%- endmacro %}

{% macro athena__current_timestamp() -%}
    cast(now() as timestamp)
{%- endmacro %}
