{{ config(incremental_strategy='merge', unique_key='id', merge_clauses={'when_matched': [{'action': 'update', 'mode': 'explicit', 'update': {'set_expressions': {'amount': '1'}}}]}) }}
{{ arrivals() }}
