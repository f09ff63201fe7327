{%- call(row) kit.each_of([{'n': 1, 'w': 'one'}, {'n': 2, 'w': 'two'}], joiner='union all') -%}
select {{ row.n }} as n, '{{ row.w }}' as w
{%- endcall %}
union all
{{ kit.many('x', 'y', last='z') }}
