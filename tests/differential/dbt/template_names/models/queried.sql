-- depends_on: {{ ref('base') }}
{% set found = run_query('select * from ' ~ ref('base')) %}
{% if execute %}
  {%- set row = found.rows[0] %}
select
  {%- for column in found.columns %}
  {{ quoted(column.name ~ ' ' ~ row[loop.index0]) }} as c{{ loop.index }},
  {%- endfor %}
  {{ quoted(found.column_names | join('|')) }} as names, {{ quoted(row['name']) }} as by_name, {{ quoted(row.price) }} as by_attribute,
  {{ found | length if false else found.rows | length }} as n, {{ quoted(row.values()) }} as all_values, {{ quoted(row.keys()) }} as keys,
  {{ quoted(found.columns['id'].values()) }} as ids, {{ quoted(found.columns[3].data_type is defined) }} as typed
{% else %}
select 1 as a
{% endif %}
