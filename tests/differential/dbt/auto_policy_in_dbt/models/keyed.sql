{{ config(unique_key='id') }}
select id, day from read_csv('data/*.csv')
