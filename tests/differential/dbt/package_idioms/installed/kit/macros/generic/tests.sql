{% test expression_is_true(model, expression, column_name=none) %}
    {{ return(adapter.dispatch('test_expression_is_true', 'kit')(model, expression, column_name)) }}
{% endtest %}
{% macro default__test_expression_is_true(model, expression, column_name) %}
select {{ '*' if should_store_failures() else 1 }} from {{ model }}
where not({{ column_name ~ ' ' if column_name else '' }}{{ expression }})
{% endmacro %}

{% test unique_combination(model, columns, quote_columns=false) %}
{%- set names = [] -%}
{%- for column in columns %}{% do names.append(adapter.quote(column) if quote_columns else column) %}{% endfor -%}
select {{ names | join(', ') }} from {{ model }} group by {{ names | join(', ') }} having count(*) > 1
{% endtest %}

{% test equal_rows(model, compare_model, factor=1) %}
  {{ config(fail_calc='sum(coalesce(diff, 0))') }}
  {%- if not execute -%}{{ return('') }}{%- endif %}
  with a as (select count(*) as n from {{ model }}), b as (select count(*) * {{ factor }} as n from {{ compare_model }})
  select abs(a.n - b.n) as diff from a, b
{% endtest %}

{% test at_least_one(model, column_name) %}
select * from (select count({{ column_name }}) as filled from {{ model }} having count({{ column_name }}) = 0) as t
{% endtest %}

{% test at_most_share(model, column_name, value, at_most=1, group_by_columns=[]) %}
{% set groups = group_by_columns | join(', ') %}
select {{ groups }}{{ ',' if groups }} avg(case when {{ column_name }} = '{{ value }}' then 1.0 else 0 end) as share
from {{ model }}{% if groups %} group by {{ groups }}{% endif %}
having share > {{ at_most }}
{% endtest %}
