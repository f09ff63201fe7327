-- Times far ahead and long ago: what is fresh today stays so.
select 1 as id, timestamp '2999-01-01 10:00:00' as loaded_at, timestamptz '2999-01-01 10:00:00.5+00' as at_zone, date '2999-01-01' as on_day, '2999-01-01' as as_text
union all
select 2, timestamp '2001-01-01 00:00:00', timestamptz '2001-01-01 00:00:00+00', date '2001-01-01', '2001-01-01'
