{{ config(materialized='table', grants={'select': 'eve'}, indexes=[{'columns': ['a'], 'unique': true}, {'columns': ['a', 'b']}]) }}
{% call set_sql_header(config) %}
create or replace temporary macro plus_one(x) as x + 1;
{% endcall %}
select plus_one(1) as a, 2 as b
