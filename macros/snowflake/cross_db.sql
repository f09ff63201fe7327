{# Snowflake's spelling of the portable functions. #}

{# try_cast takes text only; a literal that is not text is cast plainly by the engine itself. #}
{% macro snowflake__safe_cast(field, type) %}
    {% set function = 'cast' if type | lower == 'variant' else 'try_cast' %}
        {{ function }}({{ field }} as {{ type }})
    {% endmacro %}

{% macro snowflake__cast(field, type) %}
    cast({{ field }} as {{ type }})
    {% endmacro %}

{% macro snowflake__escape_single_quotes(expression) -%}
    {{ expression | replace("'", "\\'") }}
{%- endmacro %}

{% macro snowflake__right(string_text, length_expression) %}

    case when {{ length_expression }} = 0
        then ''
    else
        right(
            {{ string_text }},
            {{ length_expression }}
        )
    end

{%- endmacro %}

{% macro snowflake__bool_or(expression) -%}
    boolor_agg({{ expression }})
{%- endmacro %}

{% macro snowflake__array_construct(inputs, data_type) -%}
    array_construct( {{ inputs | join(' , ') }} )
{%- endmacro %}

{% macro snowflake__equals(expr1, expr2) -%}
    ({{ expr1 }} = {{ expr2 }})
{%- endmacro %}

{% macro snowflake__current_timestamp() -%}
    convert_timezone('UTC', current_timestamp())
{%- endmacro %}

{% macro snowflake__current_timestamp_backcompat() %}
  current_timestamp::timestamp
{% endmacro %}

{% macro snowflake__current_timestamp_in_utc_backcompat() %}
  convert_timezone('UTC', {{ current_timestamp_backcompat() }})::timestamp
{% endmacro %}

{% macro snowflake__snapshot_get_time() -%}
    to_timestamp_ntz({{ current_timestamp() }})
{%- endmacro %}

{% macro snowflake__snapshot_string_as_time(timestamp) -%}
    {{ return("to_timestamp_ntz('" ~ timestamp ~ "')") }}
{%- endmacro %}
