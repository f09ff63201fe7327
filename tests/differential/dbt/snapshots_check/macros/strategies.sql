{# A strategy of the project's own: a row has changed when its size crosses a hundred. #}
{% macro snapshot_crossing_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {{ log('SEE: ' ~ node.name ~ ' ' ~ snapshotted_rel ~ ' ' ~ current_rel ~ ' ' ~ model_config.strategy ~ ' ' ~ target_exists, info=true) }}
  {% set as_checked = snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {{ log('SEE: ' ~ as_checked.unique_key ~ ' ' ~ as_checked.updated_at | trim ~ ' ' ~ as_checked.hard_deletes ~ ' ' ~ as_checked.invalidate_hard_deletes, info=true) }}
  {% do as_checked.update({'row_changed': '(' ~ snapshotted_rel ~ '.size > 100) != (' ~ current_rel ~ '.size > 100)'}) %}
  {{ return(as_checked) }}
{% endmacro %}

{% macro show_columns() %}
  {{ log('SEE: ' ~ snapshot_hash_arguments(['a', 'b']) | replace('\n', ' '), info=true) }}
  {{ log('SEE: ' ~ unique_key_fields('k') | trim ~ '|' ~ unique_key_is_null(['a', 'b'], 't') | trim ~ '|' ~ unique_key_is_not_null('k', 't') | trim, info=true) }}
  {{ log('SEE: ' ~ adapter.get_hard_deletes_behavior({}) ~ ' ' ~ adapter.get_hard_deletes_behavior({'invalidate_hard_deletes': true})
         ~ ' ' ~ adapter.get_hard_deletes_behavior({'hard_deletes': 'new_record'}), info=true) }}
{% endmacro %}
