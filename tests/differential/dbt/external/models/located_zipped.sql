{{ config(location='files/located.csv.gz') }}
select * from {{ ref('orders') }}
