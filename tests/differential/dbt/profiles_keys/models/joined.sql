{{ config(enabled=target.name == 'attached') }}
-- {{ ref('in_second') }} {{ ref('in_other') }} {{ ref('in_scratch') }}
select 'second' as place, count(*) as n from {{ ref('in_second') }}
union all select 'other', count(*) from {{ ref('in_other') }}
union all select 'scratch', count(*) from {{ ref('in_scratch') }}
order by all
