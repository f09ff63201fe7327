{{ config(batch_size='day', unique_key='id') }}
select id, happened_at from {{ ref('events') }}
