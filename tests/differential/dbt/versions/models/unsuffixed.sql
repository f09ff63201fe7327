select 1 as id, 'plain file of the latest' as t
