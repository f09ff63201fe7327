{{ config(on_schema_change='ignore') }}
{{ changing_rows() }}
