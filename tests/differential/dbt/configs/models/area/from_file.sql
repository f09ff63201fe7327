{{ config(materialized='view', tags=['in_file'], meta={'level': 'file', 'file': [1]}, schema='file', own_key={'a': 1}) }}
{{ config(tags='second') }}
{{ shown() }}
