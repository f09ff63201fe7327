select 2 as customer_id, 'a' as name, date '2024-01-01' as signup
