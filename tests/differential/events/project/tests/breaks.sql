select * from {{ ref('a') }} where nothing
