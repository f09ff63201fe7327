{{ config(location='files/partitioned_csv', format='csv', options={'partition_by': 'region', 'overwrite': true}) }}
select * from {{ ref('orders') }}
