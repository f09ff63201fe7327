{% macro say() %}{{ print('printed') }}{{ log('logged', info=true) }}{% do run_query('select 1') %}{% endmacro %}
