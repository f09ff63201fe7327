{{ config(materialized='table_function', parameters='n') }} select n as z
