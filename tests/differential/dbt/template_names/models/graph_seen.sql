-- depends_on: {{ ref('queried') }}
{% if execute %}
{% for node in graph.nodes.values() | selectattr('resource_type', 'in', ['model', 'seed']) | sort(attribute='unique_id') -%}
select {{ quoted(node.unique_id) }} as id, {{ quoted(node.depends_on.nodes | sort | join(',')) }} as needs, {{ quoted(node.config.materialized) }} as materialized,
  {{ quoted(node.path) }} as path, {{ quoted(node.columns | length) }} as columns, {{ quoted(node.package_name ~ node.alias ~ node.schema ~ node.database) }} as place
{%- if not loop.last %} union all {% endif %}
{% endfor %}
union all select {{ quoted(graph.sources.keys() | list) }}, {{ quoted(graph.exposures | length) }}, {{ quoted(graph.keys() | list | sort | join(' ')) }}, '', '', ''
{% else %}
select 1
{% endif %}
