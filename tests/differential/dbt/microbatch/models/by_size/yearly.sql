select *, '{{ model.batch.id if model.batch }}' as batch, '{{ is_incremental() }}' as again from {{ ref('events_seen') }}
