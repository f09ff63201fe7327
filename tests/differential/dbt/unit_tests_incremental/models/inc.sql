{{ config(alias='incr', schema='other', materialized='incremental', unique_key='id') }}
select id, amount, '{{ this }}' as me, '{{ is_incremental() }}' as inc, '{{ execute }}' as ex, '{{ model.name }}' as mn, '{{ flags.WHICH }}' as w
from {{ ref('up') }}
{% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}
