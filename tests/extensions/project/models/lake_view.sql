{{ config(enabled=target.name in ['attached', 'lake'], database='lake' if target.name == 'attached' else target.database, materialized='view') }}
select * from {{ ref('in_lake') }}
