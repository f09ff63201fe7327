{{ config(location='files/located.json', options={}) }}
select * from {{ ref('orders') }}
