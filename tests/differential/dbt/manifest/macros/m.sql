{% macro doc_me(a, b='x') %}{# {{ doc('d') }} #}{% endmacro %}
