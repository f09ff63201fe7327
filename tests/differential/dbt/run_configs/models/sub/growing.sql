{{ config(materialized='incremental', grants={'+select': ['fay']}, persist_docs={'relation': false}, sql_header='set variable header = 5;', indexes=[{'columns': ['a']}]) }}
select getvariable('header') as a
