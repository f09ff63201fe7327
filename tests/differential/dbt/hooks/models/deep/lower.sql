{{ config(materialized='table', post_hook="alter table {{ this }} add column added integer default {{ 1 + 1 }}") }}
select level from {{ ref('counted') }}
