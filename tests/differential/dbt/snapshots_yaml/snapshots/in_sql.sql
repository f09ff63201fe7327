{% snapshot in_sql %}select * from {{ ref('items') }}{% endsnapshot %}
