{{ config(materialized='ephemeral') }}select {{ function('plus_one') }}(5) as six
