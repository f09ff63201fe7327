{# Spark SQL's spelling of the portable functions (those of Spark 3.3 and later). #}

{% macro spark__generate_database_name(custom_database_name=none, node=none) -%}
    {{ return(none) }}
{%- endmacro %}

{% macro spark__concat(fields) -%}
    concat({{ fields | join(', ') }})
{%- endmacro %}

{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) -%}
    timestampadd({{ datepart }}, {{ interval }}, {{ from_date_or_timestamp }})
{%- endmacro %}

{# Counts the boundaries between the two, not whole units: both are cut to the unit first. #}
{% macro spark__datediff(first_date, second_date, datepart) -%}
    {%- if datepart == 'day' -%}
    datediff({{ second_date }}, {{ first_date }})
    {%- elif datepart == 'week' -%}
    {#- a week begins on Sunday here, on Monday for date_trunc -#}
    timestampdiff(week, date_trunc('week', date_add({{ first_date }}, 1)), date_trunc('week', date_add({{ second_date }}, 1)))
    {%- else -%}
    timestampdiff({{ datepart }}, date_trunc('{{ datepart }}', {{ first_date }}), date_trunc('{{ datepart }}', {{ second_date }}))
    {%- endif -%}
{%- endmacro %}

{% macro spark__date(year, month, day) -%}
    {%- set literal = '%04d-%02d-%02d' | format(year, month, day) -%}
    to_date('{{ literal }}', 'yyyy-MM-dd')
{%- endmacro %}

{% macro spark__safe_cast(field, type) -%}
    cast({{ field }} as {{ type }})
{% endmacro %}

{% macro spark__escape_single_quotes(expression) -%}
    {{ expression | replace("'", "\\'") }}
{%- endmacro %}

{% macro spark__any_value(expression) -%}
    first({{ expression }})
{%- endmacro %}

{% macro spark__bool_or(expression) -%}
    max({{ expression }})
{%- endmacro %}

{# collect_list gives no order, so an order that was asked for is only warned about. #}
{% macro spark__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- if order_by_clause -%}
        {%- do exceptions.warn('order_by_clause is not supported for listagg on Spark/Databricks') -%}
    {%- endif -%}
    {%- set collected = 'collect_list(' ~ measure ~ ')' -%}
    {%- if limit_num -%}
        {%- set collected = 'slice( ' ~ collected ~ ' , 1, ' ~ limit_num ~ ')' -%}
    {%- endif -%}
    {{ ' array_join( ' ~ collected ~ ' , ' ~ delimiter_text ~ ') ' }}
{%- endmacro %}

{% macro spark__array_append(array, new_element) -%}
    {{ array_concat(array, array_construct([new_element])) }}
{%- endmacro %}

{% macro spark__array_concat(array_1, array_2) -%}
    concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{% macro spark__array_construct(inputs, data_type) -%}
    array( {{ inputs | join(' , ') }} )
{%- endmacro %}

{% macro spark__current_timestamp() -%}
    current_timestamp()
{%- endmacro %}

{% macro spark__snapshot_string_as_time(timestamp) -%}
    {{ return("to_timestamp('" ~ timestamp ~ "')") }}
{%- endmacro %}
