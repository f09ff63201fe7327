select i as id, 'r' || (i % 2) as region, date '2024-01-01' + i::int as day, i / 4 as share from range({{ var('orders', 5) }}) t(i)
