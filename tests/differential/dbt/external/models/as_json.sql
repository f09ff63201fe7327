{{ config(format='json') }}
select * from {{ ref('orders') }}
