{{ config(enabled=target.name == 'lake') }}
-- {{ ref('laid_out') }}: a file for each of two regions
select count(*) from glob('own.ducklake.files/**/*.parquet') where file like '%laid_out%region=%' having count(*) < 2
