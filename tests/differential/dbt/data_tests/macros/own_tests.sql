{% test not_null(model, column_name) %}
    -- the project's own not_null
    select {{ column_name }} as missing from {{ model }} where {{ column_name }} is null
{% endtest %}
{% test rows_expected(model, how_many) %}
select count(*) as found from {{ model }} having count(*) <> {{ how_many }}
{% endtest %}
