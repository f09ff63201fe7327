select id from {{ ref('orders_by_two') }} where dbt_valid_to is null group by id, region having count(*) > 1
