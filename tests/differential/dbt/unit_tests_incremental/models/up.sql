select 1 as id, 2.5::decimal(6,2) as amount
