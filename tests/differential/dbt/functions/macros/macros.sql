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

{# Every key of every function, one a line, and who calls them. #}
{% macro see() %}
  {%- for id in graph.functions | sort -%}
    {%- set resource = graph.functions[id] -%}
    {%- for key in resource.keys() | sort if key not in ['created_at', 'compiled_path', 'build_path', 'config_call_dict', 'unrendered_config_call_dict', '_event_status', 'batch', 'defer_relation', 'defer_function'] -%}
      {%- set value = resource[key] -%}
      {%- if key == 'depends_on' -%}{%- set value = value.get('nodes') -%}{%- endif -%}
      {{ log('SEE: ' ~ id ~ ' ' ~ key ~ ': ' ~ tojson(value, sort_keys=true), info=true) }}
    {%- endfor -%}
  {%- endfor -%}
  {%- for id in graph.nodes | sort -%}
    {{ log('SEE: ' ~ id ~ ' ' ~ graph.nodes[id].functions ~ ' ' ~ graph.nodes[id].depends_on.nodes | sort, info=true) }}
  {%- endfor -%}
{% endmacro %}
