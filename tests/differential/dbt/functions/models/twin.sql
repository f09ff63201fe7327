select 'x' as a
