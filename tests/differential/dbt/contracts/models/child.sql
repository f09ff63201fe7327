select 1 as parent_id, 2 as number
