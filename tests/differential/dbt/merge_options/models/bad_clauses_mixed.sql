{{ config(incremental_strategy='merge', unique_key='id', merge_clauses={'when_matched': [{'action': 'update'}]}, merge_update_columns=['id'], merge_insert_condition='true') }}
{{ arrivals() }}
