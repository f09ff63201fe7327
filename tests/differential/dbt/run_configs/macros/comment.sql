{% macro query_comment(node) %}
  {%- if node -%} {{ node.unique_id }} by {{ project_name }} for {{ target.name }} {%- else -%} {{ connection_name | length > 0 }} {%- endif -%}
{% endmacro %}

{# Writes down what would be granted; DuckDB has nobody to grant it to. #}
{% macro duckdb__apply_grants(relation, grant_config, should_revoke=true) %}
  {% if grant_config %}
    {% do run_query("insert into main.granted values ('" ~ relation.identifier ~ "', '" ~ (tojson(grant_config) | replace("'", "''")) ~ "', " ~ should_revoke ~ ")") %}
  {% endif %}
{% endmacro %}

{% macro count_indexes() %}
  {% set found = run_query("select table_name, is_unique, expressions from duckdb_indexes() order by all") %}
  {% for row in found.rows %}{{ log('SEE: ' ~ row[0] ~ ' ' ~ row[1] ~ ' ' ~ row[2], info=true) }}{% endfor %}
  {% set comments = run_query("select view_name, comment from duckdb_views() where not internal union all select table_name, comment from duckdb_tables() order by all") %}
  {% for row in comments.rows %}{{ log('SEE: ' ~ row[0] ~ ' ' ~ row[1], info=true) }}{% endfor %}
  {{ log('SEE: ' ~ normalize_string_or_list(['a ', '', 'b'], 'x') ~ normalize_string_or_list('c', 'x') ~ normalize_string_or_list(none, 'x'), info=true) }}
{% endmacro %}
