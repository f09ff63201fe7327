{{ config(materialized='hologram') }} select 1 as a
