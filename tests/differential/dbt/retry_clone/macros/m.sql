{% macro fails() %}
{% do log('SEE: operation', info=true) if var('op_works', false) %}



{% if not var('op_works', false) %}
{% do exceptions.raise_compiler_error('no') %}
{% endif %}
{% endmacro %}
