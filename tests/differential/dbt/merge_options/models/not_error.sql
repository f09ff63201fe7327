{{ config(incremental_strategy='merge', unique_key='id', merge_clauses={'when_not_matched': [{'action': 'error', 'error_message': "it's new"}]}) }}
{{ arrivals() }}
