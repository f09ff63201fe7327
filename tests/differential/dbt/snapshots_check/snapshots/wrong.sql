{% snapshot both_settings %}
{{ config(check_cols='all', hard_deletes='ignore', invalidate_hard_deletes=true) }}
select 1 as id
{% endsnapshot %}
{% snapshot no_such_setting %}
{{ config(check_cols='all', hard_deletes='sometimes') }}
select 1 as id
{% endsnapshot %}
{% snapshot no_such_strategy %}
{{ config(strategy='gut_feeling') }}
select 1 as id
{% endsnapshot %}
{% snapshot no_such_column %}
{{ config(check_cols=['nowhere']) }}
select 1 as id
{% endsnapshot %}
{% snapshot over_a_view %}
{{ config(check_cols=['id']) }}
select 1 as id
{% endsnapshot %}
{% snapshot over_a_table %}
{{ config(check_cols=['id'], hard_deletes='new_record') }}
select 1 as id
{% endsnapshot %}
