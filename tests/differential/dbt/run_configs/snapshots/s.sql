{% snapshot history %}
{{ config(unique_key='n', strategy='check', check_cols='all', updated_at="timestamp '2024-01-01'", persist_docs={'columns': true}, grants={'select': ['gus']}, indexes=[{'columns': ['n']}]) }}
select * from {{ ref('numbers') }}
{% endsnapshot %}
