{{ config(group='team', access='protected') }}
select a.n from {{ ref('a') }} as a
