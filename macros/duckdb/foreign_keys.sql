{# DuckDB drops no table that a foreign key of another one points to. Such tables keep their rows, lose
   their constraints and get them back when this run builds them; one that it does not build stays
   as it is, and that is an error. #}

{% macro duckdb__set_dependents_aside(relation) -%}
    {%- set pairs = [] -%}
    {%- for table in foreign_key_dependents(relation) -%}
        {%- set dependent = api.Relation.create(database=relation.database, schema=relation.schema, identifier=table, type='table') -%}
        {%- if not is_built_in_this_run(dependent) -%}
            {{ exceptions.raise_compiler_error('cannot replace ' ~ relation ~ ': a foreign key of the table ' ~ dependent ~ ' points to it, and this run does not rebuild that table; select the model that builds it too') }}
        {%- endif -%}
        {%- set aside = dependent.incorporate(path={'identifier': table ~ '__dbt_fk_backup'}) -%}
        {%- do adapter.drop_relation(aside) -%}
        {%- call statement('copy_rows') -%}
            create table {{ aside }} as select * from {{ dependent }}
        {%- endcall -%}
        {%- do adapter.cache_added(aside) -%}
        {%- do adapter.drop_relation(dependent) -%}
        {{ log('Dropping ' ~ dependent ~ ' because it references ' ~ relation ~ ' through a foreign key; it is rebuilt later in this run', info=true) }}
        {%- do pairs.append([dependent, aside]) -%}
    {%- endfor -%}
    {{ return(pairs) }}
{%- endmacro %}

{# Names of the tables whose foreign keys lead to `relation`, those that nothing points to first. #}
{% macro foreign_key_dependents(relation) -%}
    {%- set query -%}
        with recursive key as (
            select distinct table_name as child, referenced_table as parent
            from duckdb_constraints()
            where constraint_type = 'FOREIGN KEY'
                and lower(database_name) = lower({{ dbt.string_literal(relation.database) }})
                and lower(schema_name) = lower({{ dbt.string_literal(relation.schema) }})
                and lower(table_name) <> lower(referenced_table)
        ),
        reached(name, steps) as (
            select child, 1 from key
            where lower(parent) = lower({{ dbt.string_literal(relation.identifier) }})
            union
            select key.child, reached.steps + 1
            from reached join key on lower(key.parent) = lower(reached.name)
            where reached.steps < 100
        )
        select name from reached group by name order by max(steps) desc, name
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | list) }}
{%- endmacro %}

{% macro is_built_in_this_run(relation) -%}
    {%- for id in selected_resources if id in graph.nodes -%}
        {%- set node = graph.nodes[id] -%}
        {%- if node.relation_name and node.alias | lower == relation.identifier | lower and node.schema | lower == relation.schema | lower and node.resource_type in ['model', 'seed', 'snapshot'] -%}
            {{ return(true) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro %}
