{{ config(materialized='table_function', persist_docs={}) }} select 0 as z
