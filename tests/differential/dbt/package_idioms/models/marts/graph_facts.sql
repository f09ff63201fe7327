{#- Walks over the manifest, as audit packages do. -#}
{%- set rows = [] -%}
{%- if execute -%}
  {%- for node in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | sort(attribute='unique_id') -%}
    {%- do rows.append([node.name, node.config.materialized, node.tags | join('+'), node.depends_on.nodes | length, node.config.get('meta', {}).get('owner', 'none')]) -%}
  {%- endfor -%}
  {%- for source in graph.sources.values() | sort(attribute='name') -%}
    {%- do rows.append([source.name, source.resource_type, source.source_name, 0, source.loader]) -%}
  {%- endfor -%}
{%- endif %}
select * from (values
{%- for row in rows %}
    ({% for cell in row %}{{ "'" ~ cell ~ "'" if cell is string else cell }}{{ ', ' if not loop.last }}{% endfor %}){{ ',' if not loop.last }}
{%- else %}
    (null, null, null, null, null)
{%- endfor %}
) as t(name, kind, tags, parents, owner)
