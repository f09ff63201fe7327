select * from {{ ref('m1') }} join {{ ref('m3') }} using (id) where 1=0
