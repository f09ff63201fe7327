{% macro note(text) -%}
    insert into {{ target.schema }}.events values ('{{ text | replace('"', '') }}')
{%- endmacro %}

{% macro end_of_run(results) %}
  {% if execute %}
    {% for result in results | sort(attribute="node.unique_id") %}
      {{ log('SEE: ' ~ result.node.unique_id ~ ' ' ~ result.status ~ ' ' ~ result.message ~ ' ' ~ result.failures ~ ' ' ~ result.node.config.materialized, info=true) }}
      insert into events values ('{{ result.node.name }} was {{ result.status }}');
    {% endfor %}
  {% endif %}
{% endmacro %}

{% macro clean_events(word, times=1) %}
  {% set before = run_query("select count(*) as n from " ~ target.schema ~ ".events").columns[0].values()[0] %}
  {% for i in range(times) %}
    {% call statement('removal' ~ i, fetch_result=False, auto_begin=True) %}
      delete from events where what like '{{ word }}%{{ i }}' or what like '{{ word }}%'
    {% endcall %}
  {% endfor %}
  {% do adapter.commit() %}
  {% set after = run_query("select count(*) from events").columns[0].values()[0] %}
  {{ log('SEE: removed some: ' ~ (before > after), info=True) }}
{% endmacro %}

{% macro answer() %}
  {{ print('SEE: printed ' ~ graph.nodes | length ~ ' ' ~ this) }}
  {{ return(log('SEE: ' ~ ref('counted') ~ ' ' ~ target.type, info=True)) }}
{% endmacro %}

{% macro say(what) %}
  {% do log('SEE: ' ~ what ~ ' ' ~ tojson(what), info=True) %}
{% endmacro %}
