-- {{ target }}
-- {{ target.name }} {{ target.database }} {{ target.schema }} {{ this }} {{ adapter.disable_transactions() }}
-- {{ target.get('password') }} {{ target.path }} {{ target.external_root }}
select '{{ target.name }}' as name, '{{ target.database }}' as db
