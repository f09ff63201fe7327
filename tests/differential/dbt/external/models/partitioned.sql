{{ config(location='files/partitioned', options={'partition_by': 'region', 'overwrite_or_ignore': true}) }}
select * from {{ ref('orders') }}
