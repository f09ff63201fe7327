{{ config(batch_size='day',
    pre_hook="{% if execute %}{{ log('SEE: pre ' ~ model.batch.id, info=true) }}{% endif %}",
    post_hook="{% if execute %}{{ log('SEE: post ' ~ model.batch.id, info=true) }}{% endif %}") }}
{% if execute and model.batch %}{{ log('SEE: ' ~ model.batch ~ ' ' ~ model.batch.event_time_end.isoformat() ~ ' ' ~ config.get('__dbt_internal_microbatch_event_time_start') ~ ' ' ~ config.get('lookback'), info=true) }}{% endif %}
select id, happened_at from {{ ref('events') }}
