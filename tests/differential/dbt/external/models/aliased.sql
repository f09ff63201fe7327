{{ config(alias='other_name', schema='elsewhere') }}
select * from {{ ref('orders') }}
