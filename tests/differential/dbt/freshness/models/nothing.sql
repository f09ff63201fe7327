select timestamp '2001-01-01' as loaded_at where false
