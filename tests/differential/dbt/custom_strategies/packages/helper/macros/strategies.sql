{% macro get_incremental_from_package_sql(arg_dict) %}
{{ log('SEE: from_package ' ~ arg_dict.keys() | sort ~ ' ' ~ arg_dict['unique_key'] ~ ' ' ~ arg_dict['dest_columns'] | map(attribute='name') | list ~ ' ' ~ arg_dict['incremental_predicates'], info=true) }}
insert into {{ arg_dict['target_relation'] }} select * from {{ arg_dict['temp_relation'] }}
{% endmacro %}
