{# How DuckLake lays out a table's files: `partitioned_by` and `sorted_by` (or `partition_by`, `sort_by`), one
   expression or a list. Other databases have no such layout: there the settings say nothing. #}

{% macro duckdb__get_partitioned_by(relation, temporary) -%}
    {{ return(duckdb_layout_expressions(relation, temporary, 'partitioned_by', 'partition_by')) }}
{%- endmacro %}

{% macro duckdb__get_sorted_by(relation, temporary) -%}
    {{ return(duckdb_layout_expressions(relation, temporary, 'sorted_by', 'sort_by', are_columns=true)) }}
{%- endmacro %}

{# The expressions, or quoted columns, separated by commas; none when there is nothing to lay out. #}
{% macro duckdb_layout_expressions(relation, temporary, key, other_key, are_columns=false) -%}
    {%- set name = key ~ '/' ~ other_key -%}
    {%- set given = config.get(key) or config.get(other_key) -%}
    {%- if temporary or not given or not adapter.is_ducklake(relation) -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set expressions = normalize_string_or_list(given, name) -%}
    {%- for expression in expressions if expression is not string or not expression | trim -%}
        {{ exceptions.raise_compiler_error(name ~ ' list values must be non-empty strings, got: ' ~ expression) }}
    {%- endfor -%}
    {%- set texts = [] -%}
    {%- for expression in expressions | map('trim') -%}
        {%- do texts.append(adapter.quote(expression) if are_columns and not expression.startswith('"') else expression) -%}
    {%- endfor -%}
    {{ return(texts | join(', ')) }}
{%- endmacro %}

{# Statements for a table that has no rows yet. #}
{% macro duckdb_layout_statements(relation, partitioned_by, sorted_by) -%}
    {%- set statements = [] -%}
    {%- if partitioned_by -%}
        {%- do statements.append(duckdb__alter_table_set_partitioned_by(relation, partitioned_by).strip().rstrip(';')) -%}
    {%- endif -%}
    {%- if sorted_by -%}
        {%- do statements.append(duckdb__alter_table_set_sorted_by(relation, sorted_by).strip().rstrip(';')) -%}
    {%- endif -%}
    {{ return(statements) }}
{%- endmacro %}

{# A Python model's program: the model, then materialize(df, con), which writes what it returned. #}
{% macro py_write_table(temporary, relation, compiled_code, partitioned_by=none, sorted_by=none) -%}
{{ compiled_code }}


def materialize(df, con):
    con.execute("""create {{ 'temporary ' if temporary }}table {{ relation.include(database=(not temporary), schema=(not temporary)) }} as select * from df where false""")
{%- for statement in duckdb_layout_statements(relation, partitioned_by, sorted_by) %}
    con.execute("""{{ statement }}""")
{%- endfor %}
    con.execute("""insert into {{ relation.include(database=(not temporary), schema=(not temporary)) }} select * from df""")
{%- endmacro %}

{% macro duckdb__alter_table_set_partitioned_by(relation, partitioned_by) -%}
    alter table {{ relation }} set partitioned by ({{ partitioned_by }});
{%- endmacro %}

{% macro duckdb__alter_table_set_sorted_by(relation, sorted_by) -%}
    alter table {{ relation }} set sorted by ({{ sorted_by }});
{%- endmacro %}

{# What a DuckLake MERGE cannot do: several clauses that change or remove matched rows. #}
{% macro validate_ducklake_restrictions(config, target_relation, errors) -%}
    {%- if not adapter.is_ducklake(target_relation) -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set changes = [] -%}
    {%- for clause in (config.get('merge_clauses') or {}).get('when_matched', []) if clause is mapping and clause.get('action') in ['update', 'delete'] -%}
        {%- do changes.append(clause['action']) -%}
    {%- endfor -%}
    {%- if changes | length > 1 -%}
        {%- do errors.append('DuckLake MERGE supports one UPDATE or DELETE in merge_clauses.when_matched, found: ' ~ (changes | join(', '))) -%}
    {%- endif -%}
{%- endmacro %}
