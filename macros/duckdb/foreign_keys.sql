{# DuckDB drops no table that a foreign key of another one points to. Such tables keep their rows, lose
   their constraints and get them back when this run builds them; one that it does not build stays
   as it is, and that is an error. #}

{% macro duckdb__set_dependents_aside(relation) -%}
    {%- set pairs = [] -%}
    {%- set tables = foreign_key_dependents(relation) -%}
    {%- set obstacles = [] -%}
    {%- for table in tables -%}
        {%- set obstacle = rebuild_obstacle(relation, table) -%}
        {%- if obstacle -%}
            {%- do obstacles.append(table ~ ' (' ~ obstacle ~ ')') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if obstacles -%}
        {{ exceptions.raise_compiler_error('cannot replace ' ~ relation ~ ': foreign keys of other tables lead to it, and this run cannot rebuild them after it: ' ~ obstacles | join(', ')) }}
    {%- endif -%}
    {%- if tables and not declares_foreign_keys() -%}
        {%- do ensure_transaction() -%}
    {%- endif -%}
    {%- for table in tables -%}
        {%- set dependent = api.Relation.create(database=relation.database, schema=relation.schema, identifier=table, type='table') -%}
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

{% macro duckdb__ensure_transaction() -%}
    {%- if adapter.disable_transactions() -%}
        {%- do exceptions.warn('disable_transactions is set, but dbt-duckdb uses a transaction to replace tables that foreign keys bind together, and so does sluice: without one a failure would lose ' ~ this) -%}
        {%- call statement('begin', auto_begin=false) -%}
            begin transaction
        {%- endcall -%}
    {%- endif -%}
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

{# Why this run will not make `table` anew, with its foreign keys, after `relation`; none when it will. #}
{% macro rebuild_obstacle(relation, table) -%}
    {%- set node = node_of_table(relation, table) -%}
    {%- if node is none -%}
        {{ return('no model of this project builds it') }}
    {%- endif -%}
    {%- set name = node.resource_type ~ ' ' ~ node.name -%}
    {%- if node.unique_id not in selected_resources -%}
        {{ return(name ~ ' is not selected in this run') }}
    {%- elif model['unique_id'] not in ancestors_of(node) -%}
        {{ return(name ~ ' does not ref() the table its foreign key points at') }}
    {%- elif node.config.materialized in ['incremental', 'snapshot'] and not (node.config.full_refresh if node.config.full_refresh is not none else flags.FULL_REFRESH) -%}
        {{ return(name ~ ' is materialized as ' ~ node.config.materialized ~ ' and would lose its data; run with --full-refresh') }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}

{# The node that builds the table of this name beside `relation`. #}
{% macro node_of_table(relation, table) -%}
    {%- for node in graph.nodes.values() if node.resource_type in ['model', 'seed', 'snapshot'] and node.relation_name -%}
        {%- if node.alias | lower == table | lower and node.schema | lower == relation.schema | lower and node.database | lower == relation.database | lower -%}
            {{ return(node) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro %}

{# Unique ids of all that a node is built from. #}
{% macro ancestors_of(node) -%}
    {%- set reached = {} -%}
    {%- set waiting = [node] -%}
    {%- for _ in range(graph.nodes | length) if waiting -%}
        {%- set next = waiting.pop() -%}
        {%- for id in next.depends_on.nodes if id not in reached -%}
            {%- do reached.update({id: true}) -%}
            {%- if id in graph.nodes -%}
                {%- do waiting.append(graph.nodes[id]) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(reached) }}
{%- endmacro %}

{# The names that dbt-duckdb's own projects know. #}
{% macro drop_foreign_key_dependents(relation) -%}
    {{ return(set_dependents_aside(relation)) }}
{%- endmacro %}

{% macro restore_foreign_key_dependents(dropped) -%}
    {%- do put_dependents_back(dropped) -%}
{%- endmacro %}

{# Drops the table that is built anew; what must be put back afterwards is returned. #}
{% macro drop_relation_for_rebuild(relation) -%}
    {%- set dropped = drop_foreign_key_dependents(relation) if may_be_foreign_key_target(relation) else [] -%}
    {%- do adapter.drop_relation(relation) -%}
    {{ return(dropped) }}
{%- endmacro %}

{# Types of the constraints that the contract enforces: the table's, then the columns'. #}
{% macro enforced_constraint_types() -%}
    {%- set types = [] -%}
    {%- set contract = config.get('contract') -%}
    {%- if contract and contract.enforced -%}
        {%- set constraints = (model.get('constraints') or []) | list -%}
        {%- for column in (model.get('columns') or {}).values() -%}
            {%- do constraints.extend(column.get('constraints') or []) -%}
        {%- endfor -%}
        {%- for constraint in constraints -%}
            {%- do types.append(constraint['type'] | string) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(types) }}
{%- endmacro %}

{# Types of the keys that a table has. #}
{% macro existing_constraint_types(relation) -%}
    {%- if relation is none or not relation.is_table -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return(adapter.existing_key_constraint_types(relation)) }}
{%- endmacro %}

{% macro has_foreign_key_constraints(relation) -%}
    {{ return('foreign_key' in enforced_constraint_types() + existing_constraint_types(relation)) }}
{%- endmacro %}

{% macro may_be_foreign_key_target(relation) -%}
    {%- set types = enforced_constraint_types() + existing_constraint_types(relation) -%}
    {{ return('primary_key' in types or 'unique' in types) }}
{%- endmacro %}
