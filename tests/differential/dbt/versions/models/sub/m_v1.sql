select 1 as id, 2 as amt, 3 as extra
