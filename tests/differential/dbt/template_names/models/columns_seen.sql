-- depends_on: {{ ref('base') }}
{%- set columns = adapter.get_columns_in_relation(ref('base')) if execute else [] %}
{% for column in columns -%}
select {{ quoted(column.name) }} as name, {{ quoted(column.dtype) }} as dtype, {{ quoted(column.data_type) }} as data_type, {{ quoted(column.quoted) }} as quoted, {{ quoted(column.is_string() ~ column.is_numeric() ~ column.is_number() ~ column.is_integer() ~ column.is_float()) }} as kinds
{{ 'union all' if not loop.last }}
{% else %}
select 1
{% endfor %}
-- {{ adapter.get_relation(database=target.database, schema=target.schema, identifier='no_such') }} {{ load_relation(ref('base')) }} {{ adapter.check_schema_exists(target.database, 'nowhere') }}
-- {{ dbt.get_columns_in_query('select 1 as a, 2 as b') if execute }}
