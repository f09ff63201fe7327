{{ config(incremental_strategy='merge', unique_key='id', merge_clauses={'when_matched': [{'action': 'update', 'mode': 'explicit', 'update': {'exclude': ['id', 'day'], 'set_expressions': {'amount': 'DBT_INTERNAL_DEST.amount * 2'}}}], 'when_not_matched': [{'action': 'insert', 'mode': 'star'}]}) }}
{{ arrivals() }}
