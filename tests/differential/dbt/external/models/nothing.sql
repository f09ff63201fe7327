{{ config(format='parquet') }}
select * from {{ ref('orders') }} where id > 100
