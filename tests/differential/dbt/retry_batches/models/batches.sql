{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', begin='2024-01-01', batch_size='day') }}
select id, at, '{{ var("bad", []) | join("_") }}' as bad {% if model.batch and model.batch.id in var('bad', []) %}, 'x'::integer as wrong{% endif %} from {{ ref('events') }}
