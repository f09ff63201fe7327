select id, day from read_csv('data/*.csv')
