{% snapshot sn_none %}{{ config(unique_key='id', strategy='check', check_cols='all') }}select 1 as id{% endsnapshot %}
{% snapshot sn_cols %}{{ config(unique_key='id', strategy='check', check_cols=['id']) }}select 1 as id{% endsnapshot %}
{% snapshot sn_tschema %}{{ config(unique_key='id', strategy='check', check_cols='all', target_schema='b') }}select 1 as id{% endsnapshot %}
{% snapshot sn_schema %}{{ config(unique_key='id', strategy='check', check_cols='all', schema='b') }}select 1 as id{% endsnapshot %}
{% snapshot sn_body %}{{ config(unique_key='id', strategy='check', check_cols='all') }}select 1 as id{% endsnapshot %}
