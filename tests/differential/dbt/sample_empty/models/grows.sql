{{ config(materialized='incremental') }}
select * from {{ ref('events') }}
{% if is_incremental() %}where id > (select coalesce(max(id), -1) from {{ this }}){% endif %}
