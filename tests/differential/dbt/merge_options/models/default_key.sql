{{ config(unique_key='id') }}
{{ arrivals() }}
