{# Every key of every resource, one a line. #}
{% macro see() %}
  {%- set left_out = ['created_at', 'root_path', 'compiled_path', 'build_path', 'macros',
                      'batch', 'defer_relation', 'primary_key', 'config_call_dict', 'unrendered_config_call_dict', 'column_name', '_event_status'] -%}
  {%- for section in ['nodes', 'sources', 'exposures', 'metrics', 'semantic_models', 'saved_queries'] -%}
    {%- for id in graph[section] | sort -%}
      {%- set resource = graph[section][id] -%}
      {%- for key in resource.keys() | sort if key not in left_out -%}
        {%- set value = resource[key] -%}
        {%- if key == 'depends_on' -%}{%- set value = value.get('nodes') -%}{%- endif -%}
        {{ log('SEE: ' ~ id ~ ' ' ~ key ~ ': ' ~ tojson(value, sort_keys=true), info=true) }}
      {%- endfor -%}
    {%- endfor -%}
  {%- endfor -%}
{% endmacro %}
