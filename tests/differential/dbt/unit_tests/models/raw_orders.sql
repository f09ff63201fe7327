select 1 as id, 'de' as code, 10.50::decimal(10,2) as amount, true as paid, date '2024-01-02' as day, timestamp '2024-01-02 03:04:05' as at,
  [1,2] as items, {'a': 1, 'b': 'x'} as info, 1.5::double as ratio, 7::bigint as big, time '10:11:12' as tm, interval 1 day as iv,
  'c0ffee'::blob as bl, null::json as js, '00000000-0000-0000-0000-000000000000'::uuid as uid, 'x' as "Mixed Name"
