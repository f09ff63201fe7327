{{ config(materialized='table', docs={'show': false, 'node_color': 'red'}) }}
select 1 as a
