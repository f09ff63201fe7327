{{ config(materialized='table', event_time='at') }}
{% for day in range(1, 5) %}{{ 'union all ' if not loop.first }}select {{ day }} as id, timestamp '2024-01-0{{ day }} 10:00:00' as at
{% endfor %}
