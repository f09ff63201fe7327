{{ config(incremental_strategy='merge', unique_key='id', merge_clauses={'when_matched': [{'action': 'update', 'mode': 'by_name'}], 'when_not_matched': []}) }}
{{ arrivals() }}
