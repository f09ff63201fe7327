{{ config(options={'no_such_option': 1}) }}
select * from {{ ref('orders') }}
