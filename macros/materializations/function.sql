{# A function. One transaction, with the hooks that belong inside it. The text that makes it is asked
   by the function's type and language: scalar_function_sql, table_function_sql, … #}

{%- materialization function, default, supported_languages=['sql', 'python'] -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='function') -%}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {%- set macro_name = config.get('type', 'scalar') ~ '_function_' ~ model.language -%}
    {%- set build_sql = adapter.dispatch(macro_name, 'dbt')(target_relation) -%}
    {%- do function_execute_build_sql(build_sql, existing_relation, target_relation) -%}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {# It has a namespace of its own: a table or view of the same name is another thing. #}
    {{ return({'relations': []}) }}
{%- endmaterialization -%}
