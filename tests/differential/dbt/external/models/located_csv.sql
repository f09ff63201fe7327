{{ config(location='files/located.csv') }}
select * from {{ ref('orders') }}
