{% set items = fromjson('{"b": [1, 2.5, null], "a": {"c": true}}') %}
{% set yaml = fromyaml('a: [1, yes]\nb: 2026-01-01') %}
select {{ quoted(items) }} as json, {{ quoted(tojson(items, sort_keys=True)) }} as sorted, {{ quoted(yaml) }} as yaml, {{ quoted(toyaml({'x': [1, 'y']})) }} as to_yaml,
  {{ quoted(set([1, 2, 2]) | length) }} as sets, {{ quoted(zip([1, 2], ['a', 'b']) | list) }} as zipped, {{ quoted(local_md5('abc')) }} as md5, {{ quoted(set_strict([1]) | list) }} as strict,
  {{ quoted(dbt_utils is defined) }} as missing, {{ quoted(var('unset', {'a': 1}).a) }} as var_default, {{ quoted('%.2f|%5s|%-3d|' % (1.005, 'ab', 7)) }} as formatted,
  {{ quoted(ref('base') is string) }} as is_text, {{ quoted(return is defined) }} as has_return,
  {{ dbt.concat(["'a'", "'b'"]) }} as joined, {{ dbt.safe_cast("'1'", api.Column.translate_type('integer')) }} as cast_one, {{ dbt.hash("'x'") }} as hashed, {{ dbt.type_numeric() }} '1' as number,
  {{ dbt.datediff("date '2026-01-01'", "date '2026-03-01'", 'month') }} as months, {{ dbt.date_trunc('month', "date '2026-03-04'") }} as truncated, {{ dbt.string_literal("it") }} as literal,
  {{ dbt.split_part("'a,b'", "','", 2) }} as part, {{ dbt.last_day("date '2026-02-03'", 'month') }} as last, {{ dbt.bool_or('true') }} as any_true
{{ "" if true }}
from (select 1) group by all
