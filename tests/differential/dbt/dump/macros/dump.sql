{# Writes every relation of the database as CSV, rows in order, with the names and types of its columns in a file beside it. #}
{% macro dump(folder) %}
  {# views over files name them from the project's folder, which is the database's #}
  {% do run_query("set file_search_path = '" ~ modules.re.sub('/[^/]*$', '', env_var('DUMP_DATABASE')) ~ "'") %}
  {% set relations = run_query("select table_schema, table_name, table_type from information_schema.tables where table_catalog = current_database() order by 1, 2") %}
  {% for schema, name, type in relations.rows %}
    {% set file = folder ~ '/' ~ schema ~ '.' ~ name %}
    {% do run_query('copy (select * from "' ~ schema ~ '"."' ~ name ~ '" order by all) to \'' ~ file ~ '.rows\' (format csv, header true)') %}
    {% do run_query("copy (select '" ~ type ~ "' as kind, column_name, data_type, is_nullable, comment from duckdb_columns() where database_name = current_database() and schema_name = '" ~ schema ~ "' and table_name = '" ~ name ~ "' order by column_index) to '" ~ file ~ ".columns' (format csv, header false)") %}
  {% endfor %}
{% endmacro %}
