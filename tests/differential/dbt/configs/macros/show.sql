{# What the configuration came to, as text in SQL. #}
{% macro quoted(value) %}'{{ value | string | replace("'", "''") }}'{% endmacro %}
{% macro shown() %}
select {{ quoted(model.config.materialized) }} as materialized, {{ quoted(model.schema) }} as schema_name, {{ quoted(model.tags) }} as tags,
  {{ quoted(config.get('tags')) }} as config_tags, {{ quoted(tojson(model.config.meta, sort_keys=true)) }} as meta, {{ quoted(model.alias) }} as alias,
  {{ quoted(config.get('nothing', 'fallback')) }} as nothing, {{ quoted(config.get('own_key')) }} as own_key, {{ quoted(model.description) }} as description,
  {{ quoted(var('number')) }} as number, {{ quoted(var('nested').a[1]) }} as nested, {{ quoted(model.config.docs.show) }} as docs_shown,
  {{ quoted(model.columns | join(',')) }} as columns, {{ quoted(model.fqn | join('.')) }} as fqn, {{ quoted(model.original_file_path) }} as path,
  {{ quoted(config.get('persist_docs').relation) }} as persisted, {{ quoted(model.access) }} as access, {{ quoted(model.unrendered_config | list | sort) }} as keys
{% endmacro %}
