{{ config(incremental_strategy='merge', unique_key='id', merge_clauses={'when_matched': [{'action': 'do_nothing'}]}) }}
{{ arrivals() }}
