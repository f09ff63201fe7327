{{ config(
    materialized='incremental',
    pre_hook=["{{ note('pre ' ~ is_incremental()) }}", before_begin("insert into events values ('before begin')")],
    post_hook=[after_commit("{{ note('after commit level ' ~ var('level', 1)) }}"), "insert into {{ this }} values (99)", {"sql": ""}]
) }}
select {{ var('level', 1) }} as level
