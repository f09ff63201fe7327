select count(*) as n from {{ ref('batches') }}
