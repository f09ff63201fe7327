{{ config(where='1=1', error_if='>3') }} select * from {{ ref('base') }} where id is null
