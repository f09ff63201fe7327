{% macro own(x) %}{{ x }} + 1{% endmacro %}
{% macro outer() %}{{ own(1) }} / {{ unit_tests.own(2) }} / {{ adapter.dispatch('shape', 'unit_tests')() }} / {{ dbt.string_literal('a') }} / {{ string_literal('b') }}{% endmacro %}
{% macro shape() %}{{ return(adapter.dispatch('shape', 'unit_tests')()) }}{% endmacro %}
{% macro default__shape() %}round{% endmacro %}
{% macro items() %}{{ return([1, 2]) }}{% endmacro %}
