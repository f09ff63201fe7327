{% macro put_in_the_way() %}
  {% do run_query("create view main.over_a_view as select 1 as id") %}
  {% do run_query("create table main.over_a_table as select 1 as id, 'x' as dbt_scd_id, now()::timestamp as dbt_valid_from, null::timestamp as dbt_valid_to where false") %}
{% endmacro %}
