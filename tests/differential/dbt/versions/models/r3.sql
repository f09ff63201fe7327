select * from {{ ref('unsuffixed') }} join {{ ref('unsuffixed', v='1') }} using (id)
