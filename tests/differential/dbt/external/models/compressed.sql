{{ config(options={'codec': 'zstd', 'row_group_size': 2000}) }}
select * from {{ ref('orders') }}
