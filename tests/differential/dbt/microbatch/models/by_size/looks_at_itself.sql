{{ config(batch_size='day', concurrent_batches=true) }}
select id, happened_at, '{{ this }}' as relation from {{ ref('events') }}
