{# Strategies of the project's own: found by their names. #}
{% macro get_incremental_insert_new_sql(arg_dict) %}
    insert into {{ arg_dict['target_relation'] }} by name
    select * from {{ arg_dict['temp_relation'] }}
    where {{ arg_dict['unique_key'] }} not in (select {{ arg_dict['unique_key'] }} from {{ arg_dict['target_relation'] }} where {{ arg_dict['unique_key'] }} is not null)
{% endmacro %}

{% macro get_incremental_two_words_sql(arg_dict) %}
    delete from {{ arg_dict['target_relation'] }} where true;
    insert into {{ arg_dict['target_relation'] }} ({{ arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') }})
    select {{ arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}
