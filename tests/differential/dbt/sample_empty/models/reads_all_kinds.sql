{{ config(materialized='table') }}
select
    (select count(*) from {{ ref('events') }} as e) as events,
    (select count(*) from {{ ref('events_seen') }} as e) as events_seen,
    (select count(*) from {{ ref('inlined') }} as e) as inlined,
    (select count(*) from {{ ref('constants') }} as e) as constants,
    (select count(*) from {{ ref('numbers') }} as e) as numbers,
    (select count(*) from {{ source('files', 'letters') }} as e) as letters,
    (select count(*) from {{ source('tables', 'events') }} as e) as untimed,
    (select count(*) from {{ ref('events').render() }} as e) as rendered
