-- reads two ephemeral models, one through the other
with base as (select * from {{ ref('totals') }}),
rows_again as (select count(*) as n from {{ ref('raw_rows') }})
select base.*, rows_again.n from base cross join rows_again
