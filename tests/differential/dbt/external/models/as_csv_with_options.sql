{{ config(format='csv', options={'header': true, 'null': 'NA', 'quote': '~', 'force_quote': '*'}) }}
select * from {{ ref('orders') }}
