select * from {{ ref('m2') }} join {{ ref('sd') }} using (id)
