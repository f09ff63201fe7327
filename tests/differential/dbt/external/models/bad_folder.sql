{{ config(location='nowhere/x.parquet') }}
select * from {{ ref('orders') }}
