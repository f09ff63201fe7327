{{ config(location='files/located.dat', format='csv') }}
select * from {{ ref('orders') }}
