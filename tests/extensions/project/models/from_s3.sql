{{ config(enabled=target.name == 's3', pre_hook="copy (select 1 as id) to 's3://" ~ env_var('SLUICE_S3_BUCKET', 'none') ~ "/days.parquet'") }}
select * from {{ source('remote', 'days') }}
