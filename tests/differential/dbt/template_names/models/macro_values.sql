{% set shared = namespace(total=0) %}
{% for i in range(4) if i % 2 %}{% set shared.total = shared.total + i %}{% endfor %}
{% set text %}
  block {{ shared.total }}
{% endset %}
select
  {{ quoted(text | trim) }} as d, {{ quoted(['b', 'a'] | sort | map('upper') | join('-')) }} as e, {{ quoted({'z': 1, 'y': none}) }} as f, {{ quoted((1, 'a', [2.0])) }} as g, {{ quoted(7 // 2 ~ 7 / 2 ~ 2 ** 70) }} as h
{% raw %}-- {{ not rendered }}{% endraw %}
{#- gone -#}
