{% test at_least(model, column_name, least=0, label='x') %}
    {{ config(severity='warn') }}
    select {{ column_name }}, '{{ label }}' as label from {{ model }} where {{ column_name }} < {{ least }}
{% endtest %}
