{{ config(location="{{ 'files/rendered.parquet' }}") }}
select * from {{ ref('orders') }}
