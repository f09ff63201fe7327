{{ config(batch_size='day', on_schema_change='append_new_columns') }}
select id, happened_at {% if model.batch and model.batch.id > '20240102' %}, amount{% endif %} from {{ ref('events') }}
