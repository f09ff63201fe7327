{{ config(batch_size='day', full_refresh=true) }}
select id, happened_at, '{{ is_incremental() }}' as again from {{ ref('events') }}
