{# Transact-SQL's spelling of the portable functions. #}

{% macro sqlserver__generate_schema_name(custom_schema_name, node) -%}
    {{ return(target.schema if custom_schema_name is none else custom_schema_name | trim) }}
{%- endmacro %}

{% macro sqlserver__concat(fields) -%}
    {{ 'concat(' ~ (fields | join(', ')) ~ ')' if fields | length > 1 else fields[0] }}
{%- endmacro %}

{% macro sqlserver__dateadd(datepart, interval, from_date_or_timestamp) %}

    dateadd(
        {{ datepart }},
        {{ interval }},
        cast({{ from_date_or_timestamp }} as datetime2(6))
        )

{% endmacro %}

{% macro sqlserver__date_trunc(datepart, date) %}
    CAST(DATEADD({{ datepart }}, DATEDIFF({{ datepart }}, 0, {{ date }}), 0) AS DATE)
{% endmacro %}

{% macro sqlserver__last_day(date, datepart) -%}
    {%- if datepart == 'quarter' -%}
    CAST(DATEADD(QUARTER, DATEDIFF(QUARTER, 0, {{ date }}) + 1, -1) AS DATE)
    {%- elif datepart == 'month' -%}
    EOMONTH ( {{ date }})
    {%- else -%}
    CAST(DATEADD({{ datepart | upper }}, DATEDIFF({{ datepart }}, 0, {{ date }}) + 1, -1) AS DATE)
    {%- endif -%}
{%- endmacro %}

{% macro sqlserver__safe_cast(field, type) %}
    try_cast({{ field }} as {{ type }})
{% endmacro %}

{% macro sqlserver__cast_bool_to_text(field) %}
    case {{ field }}
        when 1 then 'true'
        when 0 then 'false'
        else null
    end
{% endmacro %}

{% macro sqlserver__hash(field) %}
    lower(convert(varchar(50), hashbytes('md5', coalesce(convert(varchar(8000), {{ field }}), '')), 2))
{% endmacro %}

{# No split_part(): the delimiters become elements of XML, and one of them is read. #}
{% macro sqlserver__split_part(string_text, delimiter_text, part_number) %}
    {% set place = '(/X)[' ~ part_number ~ ']' if part_number >= 0 else '(/X)[position() = last()' ~ part_number ~ '+1][1]' %}
        LTRIM(CAST(('<X>'+REPLACE({{ string_text }},{{ delimiter_text }} ,'</X><X>')+'</X>') AS XML).value('{{ place }}', 'VARCHAR(128)'))
    {{ '' }}
{% endmacro %}

{% macro sqlserver__position(substring_text, string_text) %}

    CHARINDEX(
        {{ substring_text }},
        {{ string_text }}
    )

{%- endmacro %}

{% macro sqlserver__length(expression) %}

    len( {{ expression }} )

{%- endmacro %}

{% macro sqlserver__any_value(expression) -%}
    min({{ expression }})
{%- endmacro %}

{% macro sqlserver__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    string_agg({{ measure }}, {{ delimiter_text }})
    {%- if order_by_clause %}
            within group ({{ order_by_clause }})
    {%- endif -%}
{%- endmacro %}

{% macro sqlserver__array_append(array, new_element) -%}
    JSON_MODIFY({{ array }}, 'append $', {{ new_element }})
{%- endmacro %}

{% macro sqlserver__array_construct(inputs, data_type) -%}
    JSON_ARRAY({{ inputs | join(' , ') }})
{%- endmacro %}

{% macro sqlserver__current_timestamp() -%}
    CAST(SYSDATETIME() AS DATETIME2(6))
{%- endmacro %}

{% macro sqlserver__snapshot_string_as_time(timestamp) -%}
    {{ return("CONVERT(DATETIME2(6), '" ~ timestamp ~ "')") }}
{%- endmacro %}

{% macro sqlserver__get_true_sql() -%}
    {{ return('1=1') }}
{%- endmacro %}

{% macro sqlserver__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
    {%- if select_sql_header is not none -%}
    {{ select_sql_header }}
    {% endif %}
    select * from (
        {{ select_sql }}
    ) dbt_sbq_tmp
    where 1 = 0
{%- endmacro %}

{% macro sqlserver__get_limit_subquery_sql(sql, limit) -%}
    {{ sql }}
        order by (select null) offset 0 rows fetch first {{ limit }} rows only
{%- endmacro %}
