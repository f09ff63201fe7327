{{ config(format='xlsx') }}
select * from {{ ref('orders') }}
