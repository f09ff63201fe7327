select * from {{ ref('leaf') }} where id > 5
