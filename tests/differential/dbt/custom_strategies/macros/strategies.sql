{% macro get_incremental_mine_sql(arg_dict) %}
{{ log('SEE: mine ' ~ arg_dict['target_relation'] ~ ' ' ~ arg_dict['unique_key'], info=true) }}
delete from {{ arg_dict['target_relation'] }} where id > 1; insert into {{ arg_dict['target_relation'] }} select id, 'mine' as word from {{ arg_dict['temp_relation'] }}
{% endmacro %}
{% macro get_incremental_append_sql(arg_dict) %}
{{ log('SEE: own append ' ~ arg_dict.keys() | sort, info=true) }}
insert into {{ arg_dict['target_relation'] }} select id, 'appended' from {{ arg_dict['temp_relation'] }}
{% endmacro %}
{% macro get_incremental_microbatch_sql(arg_dict) %}
{{ log('SEE: own microbatch ' ~ arg_dict['unique_key'] ~ ' ' ~ (model.batch.id if model.batch else 'no batch'), info=true) }}
insert into {{ arg_dict['target_relation'] }} select * from {{ arg_dict['temp_relation'] }}
{% endmacro %}
{% macro get_incremental_default_sql(arg_dict) %}
{{ log('SEE: own default', info=true) }}
{{ return(get_incremental_mine_sql(arg_dict)) }}
{% endmacro %}
