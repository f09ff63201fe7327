{{ config(materialized='table') }}
{% set number = run_query('select count(*) from ' ~ ref('events') ~ ' as e').rows[0][0] if execute else 0 %}
select {{ number }} as number, '{{ ref('events').identifier }} {{ ref('events').limit }} {{ this }} {{ flags.EMPTY }}' as facts
