{{ config(incremental_strategy='merge', unique_key='id', merge_clauses={'when_not_matched': [{'action': 'insert', 'mode': 'star', 'condition': 'DBT_INTERNAL_SOURCE.id = 3'}, {'action': 'insert', 'mode': 'by_position', 'condition': 'DBT_INTERNAL_SOURCE.id = 4'}, {'action': 'insert', 'mode': 'by_name'}]}) }}
{{ arrivals() }}
