{%- if execute -%}
{%- for id in graph.nodes | sort if id.startswith('model.') -%}
{%- set n = graph.nodes[id] -%}
{{ log('SEE: ' ~ id ~ ' ' ~ n.contract ~ ' ' ~ n.access ~ ' ' ~ n.group ~ ' ' ~ n.constraints | map(attribute='type') | list ~ ' ' ~ ' ' ~ n.columns.keys() | list ~ ' ' ~ n.depends_on.nodes, info=true) }}
{%- endfor -%}
{%- endif -%}
select 1 as id
