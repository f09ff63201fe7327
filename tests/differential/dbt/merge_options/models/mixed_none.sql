{{ config(incremental_strategy='merge', unique_key='id', merge_update_set_expressions={}, merge_clauses={'when_matched': [{'action': 'update', 'mode': 'by_name'}]}) }}
{{ arrivals() }}
