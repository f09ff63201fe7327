-- {{ target.name }} {{ target.schema }}
select * from {{ ref('from_both') }} where {{ var('number') }} > 1
