{% for source in graph.sources.values() | sort(attribute='unique_id') -%}
select '{{ source.unique_id }}' as id, '{{ source.relation_name | replace("'", "''") }}' as relation, '{{ source.tags | join(",") }}' as tags, '{{ tojson(source.meta, sort_keys=true) | replace("'", "''") }}' as meta, '{{ source.loader }}' as loader, '{{ source.source_description }}' as about, '{{ source.columns | length }}' as columns
{{ 'union all' if not loop.last }}
{% endfor %}
{% if not execute %}select 1{% endif %}
