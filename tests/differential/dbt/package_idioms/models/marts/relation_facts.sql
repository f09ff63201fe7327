{%- set found = adapter.get_relation(database=target.database, schema=target.schema, identifier='orders') -%}
{%- set missing = adapter.get_relation(target.database, target.schema, 'nowhere') -%}
{%- set made = api.Relation.create(database=target.database, schema=target.schema, identifier='orders') -%}
{%- set loaded = load_relation(ref('orders')) -%}
-- depends_on: {{ ref('orders') }}
{% call statement('counted', fetch_result=true) -%}
  select status, count(*) as n from {{ ref('orders') }} group by 1 order by 1
{%- endcall %}
{%- set counted = load_result('counted') %}
select
    '{{ found.identifier if found else "none" }}' as found,
    {{ 'true' if missing is none else 'false' }} as is_missing,
    '{{ made.include(database=false) }}' as short_name,
    '{{ loaded.is_table if loaded else "" }}' as is_table,
    {% if execute -%}
    '{{ counted["data"] | length }}' as groups,
    '{{ counted["table"].columns[0].values() | join("|") }}' as statuses,
    '{{ counted.table.rows[0]["status"] }}' as first_status,
    {{ counted["table"].columns["n"].values() | sum }} as n,
    {%- endif %}
    '{% for column in adapter.get_columns_in_relation(ref('orders')) %}{{ column.name }}:{{ column.data_type }}{{ " " if not loop.last }}{% endfor %}' as columns
