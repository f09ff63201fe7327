{{ config(batch_size='day') }}
select id, happened_at {% if model.batch.id in var('bad', []) %}, 'x'::integer as wrong{% endif %} from {{ ref('events') }}
