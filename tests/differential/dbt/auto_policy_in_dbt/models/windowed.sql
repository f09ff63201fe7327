select id, day from {{ ref('plain') }}
{% if is_incremental() %}
where day > (select max(day) from {{ this }})
{% endif %}
