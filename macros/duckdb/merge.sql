{# MERGE as DuckDB speaks it, and the settings that shape it:
   merge_update_condition, merge_insert_condition   extra conditions of the two default clauses
   merge_update_columns / merge_exclude_columns     what the default update sets
   merge_update_set_expressions {column: expr}      values other than the new row's
   merge_on_using_columns                           USING (…) instead of ON
   merge_returning_columns                          RETURNING
   merge_clauses {when_matched: […], when_not_matched: […]}   the clauses themselves. #}

{% macro duckdb__get_incremental_merge_sql(args_dict) -%}
    {{ return(duckdb__get_merge_sql(
        args_dict['target_relation'], args_dict['temp_relation'], args_dict['unique_key'],
        args_dict['dest_columns'], args_dict['incremental_predicates'])) }}
{%- endmacro %}

{% macro duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
    {%- do validate_merge_config(config, target) -%}
    {%- set clauses = config.get('merge_clauses') or {} -%}
    {%- set defaults = merge_clause_defaults(
            config.get('merge_update_condition'), config.get('merge_insert_condition'), config.get('merge_update_columns'),
            config.get('merge_exclude_columns'), config.get('merge_update_set_expressions')) -%}
    {%- set is_explicit = config.get('merge_update_columns') or config.get('merge_exclude_columns') or config.get('merge_update_set_expressions') -%}
    {%- set matched = clauses.get('when_matched') or [defaults['when_matched_update_' ~ ('explicit' if is_explicit else 'by_name')]] -%}
    {%- set not_matched = clauses.get('when_not_matched') or [defaults['when_not_matched_insert_by_name']] -%}
    {%- set returning = config.get('merge_returning_columns') -%}
{{ config.get('sql_header') or '' }}

    MERGE INTO {{ target }} AS DBT_INTERNAL_DEST
        USING {{ source }} AS DBT_INTERNAL_SOURCE
        {{ duckdb__merge_join_clause(unique_key, config.get('merge_on_using_columns'), incremental_predicates) }}
    {# one WHEN for each clause #}
    {%- for clause in matched %}
    WHEN MATCHED{{ ' AND ' ~ clause['condition'] if clause.get('condition') }}
    THEN
        {{ merge_clause_action(clause, dest_columns, true) }}
    {%- endfor %}
    {%- for clause in not_matched %}
    WHEN NOT MATCHED
        {{ 'BY ' ~ (clause['by'] | upper) ~ ' ' if clause.get('by') }}{{ ' AND ' ~ clause['condition'] if clause.get('condition') }}
    THEN
        {{ merge_clause_action(clause, dest_columns, false) }}
    {%- endfor %}
    {%- if returning %}
    RETURNING {{ returning | join(', ') }}
    {%- endif %}
{% endmacro %}

{% macro duckdb__merge_join_clause(unique_key, merge_on_using_columns, incremental_predicates) -%}
    {%- set conditions = [] -%}
    {%- if merge_on_using_columns %}
        USING ({{ merge_on_using_columns | join(', ') }})
    {%- else %}
            {% if unique_key %}
                {% if unique_key is string %}
                    {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ unique_key ~ ' = DBT_INTERNAL_DEST.' ~ unique_key) -%}
                {% else %}
                    {%- for key in unique_key %}
                    {% do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) %}
                {% endfor -%}
                {% endif %}
            {% else %}
                {%- do conditions.append('FALSE') -%}
            {% endif %}
        {% for predicate in normalize_incremental_predicates(incremental_predicates) -%}
            {%- do conditions.append(predicate) -%}
        {%- endfor %}
        ON ({{ conditions | join(') AND (') }})
    {%- endif -%}
{%- endmacro %}

{% macro normalize_incremental_predicates(incremental_predicates) -%}
    {%- if incremental_predicates is string -%}
        {{ return([incremental_predicates]) }}
    {%- endif -%}
    {{ return(incremental_predicates or []) }}
{%- endmacro %}

{# The clauses that the merge_* settings describe, in the form of merge_clauses entries. #}
{% macro merge_clause_defaults(merge_update_condition, merge_insert_condition, merge_update_columns, merge_exclude_columns, merge_update_set_expressions) -%}
    {{ return({
        'when_matched_update_by_name': {'action': 'update', 'condition': merge_update_condition, 'mode': 'by_name'},
        'when_not_matched_insert_by_name': {'action': 'insert', 'condition': merge_insert_condition, 'mode': 'by_name'},
        'when_matched_update_explicit': {
            'action': 'update', 'condition': merge_update_condition, 'mode': 'explicit',
            'update': {'include': merge_update_columns, 'exclude': merge_exclude_columns, 'set_expressions': merge_update_set_expressions},
        },
    }) }}
{%- endmacro %}

{# What one clause does: update, insert, delete, do_nothing, error. A row that the source lacks has
   no new values, so an update of it takes `set_expressions` only. #}
{% macro merge_clause_action(clause, dest_columns, is_match) -%}
    {%- set action = clause['action'] -%}
    {%- set mode = clause.get('mode') or 'by_name' -%}
    {%- if action == 'delete' %}
            DELETE
    {%- elif action == 'do_nothing' %}
            DO NOTHING
    {%- elif action == 'error' -%}
        ERROR{{ " '" ~ escape_single_quotes(clause['error_message']) ~ "'" if clause.get('error_message') }}
    {%- elif action == 'update' and not is_match -%}
        UPDATE SET
            {{ merge_expressions(clause.get('set_expressions') or (clause.get('update') or {}).get('set_expressions') or {}) | join(', ') }}
    {%- elif action == 'update' and mode == 'explicit' -%}
        UPDATE SET
                {{ merge_assignments(clause.get('update') or {}, dest_columns) | join(', ') }}
    {%- elif action == 'insert' and mode == 'explicit' -%}
        {%- set insert = clause.get('insert') or {} -%}
        INSERT
                ({{ (insert.get('columns') or []) | join(', ') }})
                VALUES ({{ (insert.get('values') or []) | join(', ') }})
    {%- elif mode == 'star' -%}
        {{ 'UPDATE SET *' if action == 'update' else 'INSERT *' }}
    {%- else -%}
        {{ action | upper }} BY {{ 'POSITION' if mode == 'by_position' else 'NAME' }}
    {%- endif -%}
{%- endmacro %}

{# ["column = expression", …]. #}
{% macro merge_expressions(set_expressions) -%}
    {%- set assignments = [] -%}
    {%- for column, expression in set_expressions.items() -%}
        {%- do assignments.append(column ~ ' = ' ~ expression) -%}
    {%- endfor -%}
    {{ return(assignments) }}
{%- endmacro %}

{# The assignments of an explicit update: set_expressions first, then the included columns (or all but
   the excluded ones) from the new row. #}
{% macro merge_assignments(update, dest_columns) -%}
    {%- set set_expressions = update.get('set_expressions') or {} -%}
    {%- set included = get_merge_update_columns(update.get('include'), update.get('exclude'), dest_columns) -%}
    {%- set assignments = merge_expressions(set_expressions) -%}
    {%- set assigned = set_expressions.keys() | map('lower') | list -%}
    {%- for column in included if column | lower not in assigned and (column | lower).strip('"') not in assigned -%}
        {%- do assignments.append(column ~ ' = DBT_INTERNAL_SOURCE.' ~ column) -%}
    {%- endfor -%}
    {{ return(assignments) }}
{%- endmacro %}

{# Stops with all mistakes in the merge settings at once. #}
{% macro validate_merge_config(config, target_relation) -%}
    {%- set errors = [] -%}
    {%- do validate_string_field(config.get('merge_update_condition'), 'merge_update_condition', errors) -%}
    {%- do validate_string_field(config.get('merge_insert_condition'), 'merge_insert_condition', errors) -%}
    {%- do validate_string_list_field(config.get('merge_on_using_columns'), 'merge_on_using_columns', errors) -%}
    {%- do validate_string_list_field(config.get('merge_update_columns'), 'merge_update_columns', errors) -%}
    {%- do validate_dict_field(config.get('merge_update_set_expressions'), 'merge_update_set_expressions', errors) -%}
    {%- do validate_string_list_field(config.get('merge_exclude_columns'), 'merge_exclude_columns', errors) -%}
    {%- do validate_string_list_field(config.get('merge_returning_columns'), 'merge_returning_columns', errors) -%}
    {%- do validate_dict_field(config.get('merge_clauses'), 'merge_clauses', errors) -%}
    {%- if config.get('merge_on_using_columns') and (config.get('predicates') or config.get('incremental_predicates')) -%}
        {%- do errors.append('merge_on_using_columns cannot be combined with incremental_predicates; name the columns in unique_key instead') -%}
    {%- endif -%}
    {%- if config.get('merge_clauses') is mapping -%}
        {%- do validate_merge_clauses(config, [
                'merge_update_condition', 'merge_insert_condition', 'merge_update_columns',
                'merge_exclude_columns', 'merge_update_set_expressions'], errors) -%}
    {%- endif -%}
    {%- do validate_ducklake_restrictions(config, target_relation, errors) -%}
    {%- if errors -%}
        {{ exceptions.raise_compiler_error('MERGE configuration errors:\n' ~ (errors | join('\n'))) }}
    {%- endif -%}
{%- endmacro %}

{% macro validate_merge_clauses(config, base_configuration_fields, errors) -%}
    {%- set clauses = config.get('merge_clauses') -%}
    {%- if 'when_matched' not in clauses and 'when_not_matched' not in clauses -%}
        {%- do errors.append("merge_clauses must contain at least one of 'when_matched' or 'when_not_matched' keys") -%}
    {%- endif -%}
    {%- for clause_type in ['when_matched', 'when_not_matched'] if clause_type in clauses -%}
        {%- do validate_merge_clause_list(clauses, clause_type, errors) -%}
    {%- endfor -%}
    {%- set ignored = [] -%}
    {%- for field in base_configuration_fields if config.get(field) -%}
        {%- do ignored.append(field) -%}
    {%- endfor -%}
    {%- if ignored -%}
        {%- do errors.append('When merge_clauses is specified, the following basic merge configurations will be ignored and should be removed: '
                             ~ (ignored | join(', ')) ~ '. Define your merge behavior within merge_clauses instead.') -%}
    {%- endif -%}
{%- endmacro %}

{% macro validate_merge_clause_list(merge_clauses, clause_type, errors) -%}
    {%- set clauses = merge_clauses[clause_type] -%}
    {%- set name = 'merge_clauses.' ~ clause_type -%}
    {%- if clauses is string or clauses is mapping or clauses is not iterable -%}
        {%- do errors.append(name ~ ' must be a list') -%}
    {%- elif not clauses -%}
        {%- do errors.append(name ~ ' must contain at least one element') -%}
    {%- else -%}
        {%- for clause in clauses -%}
            {%- if clause is not mapping -%}
                {%- do errors.append(name ~ ' elements must be dictionaries, found: ' ~ clause) -%}
            {%- else -%}
                {%- do validate_merge_clause(clause, name, errors) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{# What would make SQL that no parser reads. #}
{% macro validate_merge_clause(clause, name, errors) -%}
    {%- set actions = ['update', 'delete', 'do_nothing', 'error'] if name == 'merge_clauses.when_matched'
                      else ['insert', 'update', 'delete', 'do_nothing', 'error'] -%}
    {%- if clause.get('action') not in actions -%}
        {%- do errors.append(name ~ ' has an unknown action: ' ~ clause.get('action') ~ '; use ' ~ (actions | join(', '))) -%}
    {%- endif -%}
    {%- if clause.get('mode') and clause['mode'] not in ['by_name', 'by_position', 'star', 'explicit'] -%}
        {%- do errors.append(name ~ ' has an unknown mode: ' ~ clause['mode'] ~ '; use by_name, by_position, star, explicit') -%}
    {%- endif -%}
    {%- if clause.get('by') and clause['by'] | lower not in ['source', 'target'] -%}
        {%- do errors.append(name ~ ' has an unknown value of by: ' ~ clause['by'] ~ '; use source or target') -%}
    {%- endif -%}
    {%- do validate_string_field(clause.get('condition'), name ~ ' condition', errors) -%}
    {%- if clause.get('action') == 'insert' and clause.get('mode') == 'explicit' -%}
        {%- set insert = clause.get('insert') or {} -%}
        {%- if not insert.get('columns') or (insert['columns'] | length) != ((insert.get('values') or []) | length) -%}
            {%- do errors.append(name ~ ': an explicit insert needs insert.columns and as many insert.values') -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro validate_string_field(field_value, field_name, errors) -%}
    {%- if field_value is not none and field_value is not string -%}
        {%- do errors.append(field_name ~ ' must be a string, found: ' ~ field_value) -%}
    {%- endif -%}
{%- endmacro %}

{% macro validate_string_list_field(field_value, field_name, errors) -%}
    {%- if field_value is not none -%}
        {%- if field_value is string or field_value is mapping or field_value is not iterable -%}
            {%- do errors.append(field_name ~ ' must be a list') -%}
        {%- else -%}
            {%- for item in field_value if item is not string -%}
                {%- do errors.append(field_name ~ ' must contain only string values, found: ' ~ item) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro validate_dict_field(field_value, field_name, errors) -%}
    {%- if field_value is not none and field_value is not mapping -%}
        {%- do errors.append(field_name ~ ' must be a dictionary, found: ' ~ field_value) -%}
    {%- endif -%}
{%- endmacro %}
