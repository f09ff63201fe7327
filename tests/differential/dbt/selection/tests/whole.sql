select * from {{ ref('c') }} where n > (select max(n) from {{ ref('d') }})
