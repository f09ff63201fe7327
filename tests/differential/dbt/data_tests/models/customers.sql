select * from (values (1, 'Ann'), (2, 'Bo'), (3, null)) as t(id, name)
