{{ config(meta={'owner': 'ann', 'rank': 1}) }} select 1 as id, 'x' as name
