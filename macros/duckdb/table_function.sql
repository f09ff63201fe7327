{# A query with parameters, called like a table: `parameters` is a text or a list of texts. #}

{%- materialization table_function, adapter='duckdb' -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set parameters = config.get('parameters') or [] -%}
    {%- set parameters = [parameters] if parameters is string else parameters -%}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {%- call statement('main') -%}
create or replace function {{ target_relation.render() }}(
          {{ parameters | join(', ') }}
      ) as table (
        {{ sql }});
    {%- endcall -%}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': []}) }}
{%- endmaterialization -%}
