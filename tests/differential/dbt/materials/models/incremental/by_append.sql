{{ config(incremental_strategy='append') }}
{{ arrivals() }}
{% if is_incremental() %}
where day > (select max(day) from {{ this }})
{% endif %}
