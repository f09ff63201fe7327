{{ config(location='files/located.parquet') }}
select * from {{ ref('orders') }}
