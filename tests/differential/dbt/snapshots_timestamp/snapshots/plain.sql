Text outside of blocks {{ means(nothing) }} at all.
{% snapshot orders_plain %}
{{ config(unique_key='id') }}
-- the body keeps its comments
select * from {{ ref('orders') }}
{% endsnapshot %}

{%- snapshot orders_closed -%}
  {{
    config(
      unique_key='id',
      target_schema='closed',
      hard_deletes='invalidate',
      pre_hook="{{ note('before ' ~ this) }}",
      post_hook=["{{ note('after ' ~ this) }}", {"sql": "insert into main.events values ('outside')", "transaction": false}]
    )
  }}
  select * from {{ ref('orders') }} where amount > 0
{%- endsnapshot -%}
{# nothing here #}
