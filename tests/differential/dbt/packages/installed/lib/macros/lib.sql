{% macro vars_seen() %}'{{ var("shared") }}|{{ var("only_lib", "none") }}|{{ var("own", "none") }}|{{ var("default_of_lib", "none") }}'{% endmacro %}
{% macro same_name() %}'lib'{% endmacro %}
{% macro calls_same_name() %}{{ same_name() }}{% endmacro %}
{% macro announce(what) %}{{ log('SEE: announced ' ~ what ~ ' ' ~ vars_seen(), info=true) }}{% endmacro %}
