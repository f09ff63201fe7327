{{ config(materialized='table', tags=['in_file'], meta={'c': 3}, post_hook="select 2", grants={'select': ['x']}) }}
select 1 as id, 'x' as name, {{ p1.pmac(3) }} as n from {{ source('src', 't') }} {{ doc_me() }}
