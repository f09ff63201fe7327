select * from {{ ref('events') }} where id < 0
