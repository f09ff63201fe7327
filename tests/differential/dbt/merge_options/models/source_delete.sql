{{ config(incremental_strategy='merge', unique_key='id', merge_clauses={'when_not_matched': [{'action': 'insert', 'mode': 'by_name', 'by': 'target'}, {'action': 'delete', 'by': 'source', 'condition': 'DBT_INTERNAL_DEST.id = 1'}, {'action': 'error', 'by': 'source', 'error_message': 'no', 'condition': 'false'}, {'action': 'do_nothing', 'by': 'source'}]}) }}
{{ arrivals() }}
