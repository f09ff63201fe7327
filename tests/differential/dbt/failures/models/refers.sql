select * from {{ ref(var('reference', 'good')) }}
