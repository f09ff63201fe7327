{{ config(batch_size='day') }}
select events.*, '{{ adapter.batch_id_for_model(model) }}' as batch
from {{ ref('events') }} as events
where events.id in (select id from {{ source('shop', 'timed') }})
  and events.id in (select id from {{ source('shop', 'untimed') }})
  and events.id in (select id from {{ source('shop', 'timed').render() }})
  and events.id in (select id from {{ ref('events_seen').render() }})
  and events.id in (select id from {{ ref('chosen') }})
