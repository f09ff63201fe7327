{%- call statement('counts', fetch_result=True) -%}
  select 1 as a, 'two' as b union all select 3, 'four' order by 1
{%- endcall -%}
{%- set result = load_result('counts') -%}
{% if result %}
select {{ quoted(result['data']) }} as data, {{ quoted(result.table.columns[1].values() | join(' ')) }} as b, {{ quoted(result['response']) }} as response,
  {{ quoted(load_result('never')) }} as never
{% else %}
select 'not executed' as data
{% endif %}
