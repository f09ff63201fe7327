{{ config(enabled=target.name == 'lake', partitioned_by=['region', 'day(made)'], sorted_by='id') }}
select range as id, range % 2 as region, timestamp '2024-01-01' as made from range(1000)
