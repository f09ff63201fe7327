{% macro star(from, relation_alias=false, except=[], prefix='', suffix='', quote_identifiers=true) -%}
    {%- set except = except | map('lower') | list -%}
    {%- set columns = [] -%}
    {%- for column in adapter.get_columns_in_relation(from) if column.name | lower not in except -%}
        {%- do columns.append(column.name) -%}
    {%- endfor -%}
    {%- if columns | length == 0 -%}*
    {%- else -%}
    {%- for name in columns %}
        {%- if relation_alias %}{{ relation_alias }}.{% endif -%}
        {{ adapter.quote(name) if quote_identifiers else name }}
        {%- if prefix != '' or suffix != '' %} as {{ adapter.quote(prefix ~ name ~ suffix) }}{% endif -%}
        {%- if not loop.last %},{{ '\n    ' }}{% endif -%}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro column_values(table, column, order_by='count(*) desc', default=none) -%}
    {%- if not execute -%}{{ return(default or []) }}{%- endif -%}
    {%- set query -%}
        select {{ column }} as value from {{ table }} group by {{ column }} order by {{ order_by }}
    {%- endset -%}
    {%- set result = run_query(query) -%}
    {{ return(result.columns[0].values() | list) }}
{%- endmacro %}

{% macro pivot(column, values, alias=true, agg='sum', cmp='=', prefix='', suffix='', then_value=1, else_value=0) %}
  {%- for value in values %}
    {{ agg }}(case when {{ column }} {{ cmp }} '{{ dbt.escape_single_quotes(value) }}' then {{ then_value }} else {{ else_value }} end)
    {%- if alias %} as {{ adapter.quote(prefix ~ value ~ suffix) }}{% endif -%}
    {% if not loop.last %},{% endif %}
  {%- endfor %}
{% endmacro %}

{% macro group_by(n) -%}
group by {% for i in range(1, n + 1) -%}{{ i }}{{ ',' if not loop.last }}{%- endfor %}
{%- endmacro %}

{%- macro union_relations(relations, exclude=[], source_column='_source', column_override=none) -%}
    {%- set superset = {} -%}
    {%- set by_relation = {} -%}
    {%- for relation in relations -%}
        {%- do by_relation.update({relation: []}) -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- if column.column not in exclude -%}
                {%- do by_relation[relation].append(column.column) -%}
                {%- if column.column in superset -%}
                    {%- if column.is_string() and superset[column.column].is_string() and column.string_size() > superset[column.column].string_size() -%}
                        {%- do superset.update({column.column: column}) -%}
                    {%- endif -%}
                {%- else -%}
                    {%- do superset.update({column.column: column}) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for relation in relations %}
        (
            select
                cast({{ dbt.string_literal(relation.identifier) }} as {{ dbt.type_string() }}) as {{ source_column }},
                {% for name, column in superset.items() -%}
                {%- set text = adapter.quote(name) if name in by_relation[relation] else 'null' -%}
                cast({{ text }} as {{ column.data_type }}) as {{ adapter.quote(name) }}{% if not loop.last %},{% endif %}
                {% endfor %}
            from {{ relation }}
        )
        {% if not loop.last %}union all{% endif %}
    {%- endfor -%}
{%- endmacro -%}
