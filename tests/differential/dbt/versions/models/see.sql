{%- if execute -%}
{%- for id in graph.nodes | sort if id.startswith('model.') -%}
{%- set n = graph.nodes[id] -%}
{{ log('SEE: ' ~ id ~ ' ' ~ n.name ~ ' ' ~ n.alias ~ ' ' ~ n.version ~ ' ' ~ n.latest_version ~ ' ' ~ n.fqn ~ ' ' ~ n.tags ~ ' ' ~ n.meta ~ ' ' ~ n.columns.keys() | list ~ ' ' ~ n.description ~ ' ' ~ n.deprecation_date ~ ' ' ~ n.refs ~ ' ' ~ n.config.tags, info=true) }}
{%- endfor -%}
{%- endif -%}
select 1 as id
