{% macro numbers(upper_bound) -%}
    {{ dbt.generate_series(upper_bound) | replace('generated_number', 'n') }}
{%- endmacro %}

{% macro flatten(items) -%}
    {%- set out = [] -%}
    {%- for item in items -%}
        {%- if item is iterable and item is not string and item is not mapping -%}
            {%- do out.extend(kit.flatten(item)) -%}
        {%- else -%}
            {%- do out.append(item) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(out) }}
{%- endmacro %}

{% macro factorial(n) -%}
    {%- if n <= 1 -%}{{ return(1) }}{%- endif -%}
    {{ return(n * kit.factorial(n - 1)) }}
{%- endmacro %}

{% macro each_of(rows, joiner='') -%}
    {%- for row in rows %}
{{ caller(row) }}
{%- if not loop.last %}
{{ joiner }}{% endif -%}
    {%- endfor -%}
{%- endmacro %}

{% macro many() -%}
select {{ varargs | length }} as n, '{{ (varargs | list + kwargs.values() | list) | join("") }}' as w
{%- endmacro %}

{% macro note(what) -%}
    insert into {{ target.schema }}.kit_notes select '{{ this.identifier }}', '{{ what }}'
{%- endmacro %}

{% macro record_results(results) -%}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
    {%- set ns = namespace(rows=[]) -%}
    {%- for result in results if result.node.resource_type in ['model', 'seed'] -%}
        {%- set ns.rows = ns.rows + ["('" ~ result.node.name ~ "', '" ~ result.status ~ "', '" ~ result.node.resource_type ~ "')"] -%}
    {%- endfor -%}
    create or replace table {{ target.schema }}.kit_results as select * from (values {{ ns.rows | sort | join(', ') }}) as t(node, status, kind)
    {%- else -%}
    select 1
    {%- endif -%}
{%- endmacro %}

{% materialization audit_log, default %}
  {%- set target_relation = this.incorporate(type='table') -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_query('create table if not exists ' ~ target.schema ~ '.kit_notes (relation varchar, what varchar)') }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {%- set existing = load_cached_relation(this) -%}
  {% if existing is none %}
    {% call statement('main') -%}{{ create_table_as(False, target_relation, sql) }}{%- endcall %}
  {% else %}
    {% call statement('main') -%}insert into {{ target_relation }} {{ sql }}{%- endcall %}
  {% endif %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {% do log(config.require('message') ~ ': ' ~ config.get('missing', default='-'), info=false) %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
