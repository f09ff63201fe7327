{{ config(alias='both', own_key='file') }}
{{ shown() }}
