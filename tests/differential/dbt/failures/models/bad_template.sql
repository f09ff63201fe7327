{% if execute %}{{ exceptions.raise_compiler_error('only when executed') }}{% endif %}
select 1 as id
