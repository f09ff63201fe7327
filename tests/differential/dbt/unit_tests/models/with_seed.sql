select id from {{ ref('p') }} where exists (select 1 from {{ ref('countries') }})
