select day, count(*) as n from {{ ref('plain') }} group by day
