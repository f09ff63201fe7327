{% snapshot orders_by_two %}
{{ config(unique_key=['id', 'region'], invalidate_hard_deletes=true, alias='two_keys') }}
select id, region, amount, changed_at from {{ ref('orders') }}
{% endsnapshot %}
{% snapshot orders_words %}
{{ config(unique_key="id || '-' || words", database=target.database) }}
select * from {{ ref('orders_in_words') }}
{% endsnapshot %}
{% snapshot orders_off %}
{{ config(enabled=false) }}
select 1 as id
{% endsnapshot %}
