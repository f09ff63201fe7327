{{ config(format='csv') }}
select * from {{ ref('orders') }}
