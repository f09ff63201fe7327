{{ config(options={'partition_by': 'region, day', 'overwrite': 1}) }}
select * from {{ ref('orders') }}
