{{ config(tags='infile') }}select 1 as id, 2 as amt, {{ this }} as t, '{{ model.version }}' as v
