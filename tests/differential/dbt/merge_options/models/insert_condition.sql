{{ config(incremental_strategy='merge', unique_key='id', merge_clauses={'when_not_matched': [{'action': 'insert', 'mode': 'explicit', 'by': 'target', 'condition': 'true', 'insert': {'columns': ['id', 'amount'], 'values': ['DBT_INTERNAL_SOURCE.id', '1']}}]}) }}
{{ arrivals() }}
