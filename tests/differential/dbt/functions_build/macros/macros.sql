{% test above(model, least) %}select * from {{ model }} where {{ function('plus_one') }}(v) < {{ least }}{% endtest %}

{# What dbt makes is no SQL of DuckDB's; this is what sluice makes of itself. #}
{% macro duckdb__scalar_function_sql(target_relation) %}
  {%- set arguments = [] -%}
  {%- for argument in model.arguments -%}
    {%- do arguments.append(argument.name ~ (' := ' ~ argument.default_value if argument.default_value else '')) -%}
  {%- endfor -%}
  create or replace macro {{ target_relation }}({{ arguments | join(', ') }}) as ({{ model.compiled_code or 'null' }})
{% endmacro %}

{% macro default__scalar_function_python(target_relation) %}
  select 1 as {{ config.get('entry_point') }}
{% endmacro %}

{% macro call_it() %}
  {{ log('SEE: ' ~ function('plus_one') ~ ' ' ~ run_query('select ' ~ function('plus_one') ~ '(1)').columns[0].values()[0], info=true) }}
{% endmacro %}
