{% snapshot by_name %}
{{ config(check_cols=['Name', 'size']) }}
select id, "Name", size from {{ ref('things') }}
{% endsnapshot %}

{% snapshot by_all %}
{{ config(check_cols='all', hard_deletes='invalidate') }}
select * exclude (changed_at) from {{ ref('things') }}
{% endsnapshot %}

{% snapshot with_deletions %}
{{ config(check_cols='all', hard_deletes='new_record', unique_key=['id']) }}
select * exclude (changed_at) from {{ ref('things') }}
{% endsnapshot %}

{% snapshot with_time %}
{{ config(check_cols=['"Name"'] if var('quoted', false) else ['day'], updated_at='changed_at', hard_deletes='ignore') }}
select * from {{ ref('things') }}
{% endsnapshot %}

{% snapshot until_the_end %}
{{ config(check_cols=['day', 'size'], dbt_valid_to_current="timestamp '9999-12-31'", hard_deletes='new_record', unique_key=['id', 'day']) }}
select id, day, size from {{ ref('things') }}
{% endsnapshot %}

{% snapshot until_then %}
{{ config(strategy='timestamp', updated_at='changed_at', check_cols=none, dbt_valid_to_current="cast('9999-12-31' as timestamp)", hard_deletes='invalidate') }}
select * from {{ ref('things') }}
{% endsnapshot %}

{% snapshot crossing %}
{{ config(strategy='snapshots_check.crossing' if var('step', 1) == 2 else 'crossing', check_cols='all') }}
select id, size from {{ ref('things') }}
{% endsnapshot %}
