{{ config(enabled=target.name == 'sheets', pre_hook="copy (select 1 as id, 'x' as name) to 'numbers.xlsx' (format xlsx, header true)") }}
select * from {{ source('sheets', 'numbers') }}
