{% test dbt_ok(model) %} select 1 from {{ model }} where false {% endtest %}
