{{ config(incremental_strategy='merge', unique_key='id', merge_clauses={'when_not_matched': [{'action': 'insert', 'mode': 'by_name', 'by': 'target'}, {'action': 'update', 'by': 'source', 'mode': 'explicit', 'set_expressions': {'amount': '-5', 'region': 'null'}}]}) }}
{{ arrivals() }}
