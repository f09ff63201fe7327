{{ config(batch_size='hour') }}
select *, '{{ model.batch.id if model.batch }}' as batch from {{ ref('events') }}
