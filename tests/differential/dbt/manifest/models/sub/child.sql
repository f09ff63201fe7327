select * from {{ ref('base') }} join {{ ref('p1', 'pm') }} on true join {{ ref('sd') }} s on true join {{ ref('vm', v=1) }} on true
