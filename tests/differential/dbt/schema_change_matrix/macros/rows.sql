{# Step 2 adds a column and drops one; step 3 changes nothing but the rows; step 4 widens a type. #}
{% macro rows() %}
select 1 as id, timestamp '2024-01-01 10:00:00' as at, {{ var('step') }} as step
{%- if var('step') == 1 %}, 'old' as dropped{% else %}, 'new' as added{% endif %}
union all
select {{ var('step') }} + 1, timestamp '2024-01-02 10:00:00', {{ var('step') }}
{%- if var('step') == 1 %}, 'old'{% else %}, 'new'{% endif %}
{% endmacro %}
