select * from {{ ref('all_amounts') }} where amount < 0
