{{ config(materialized='table') }}
with base as (select * from {{ ref('eph') }})
select id, amount * 2 as double_amount, '{{ env_var("WORD", "none") }}' as word, {{ own(3) }} as m, {{ dbt.current_timestamp() }}::varchar > '1' as ts, '{{ this }}' as me from base
