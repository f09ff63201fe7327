{{ config(materialized='table') }}
select * from (values (1, 'open', 10, 1), (2, 'closed', -5, 2), (2, 'odd', null, 3), (null, 'open', 7, 9)) as t(id, status, amount, customer_id)
