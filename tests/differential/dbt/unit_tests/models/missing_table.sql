select 1 as id, absent_column as x
