{{ config(location='files/nothing', options={'partition_by': 'region', 'overwrite': true}) }}
select * from {{ ref('orders') }} where id > 100
