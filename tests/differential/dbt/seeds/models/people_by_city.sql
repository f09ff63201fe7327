select p.name, s.price from {{ ref('people') }} p left join {{ ref('slow') }} s using (id)
