{%- if execute -%}
  {%- set other = graph.nodes['model.defer.tab'].defer_relation -%}
  {%- do tell('flags', [flags.DEFER, flags.FAVOR_STATE]) -%}
  {%- do tell('own', [defer_relation | string, model.defer_relation.relation_name | string]) -%}
  {%- if other -%}
    {%- do tell('keys', other.keys() | list) -%}
    {%- do tell('other', [other.database, other.schema, other.alias, other.relation_name, other.resource_type, other.name, other.description, other.tags, other.meta]) -%}
    {%- do tell('seed', graph.nodes['seed.defer.sd'].defer_relation.alias) -%}
  {%- endif -%}
{%- endif -%}
select * from {{ ref('tab') }}
