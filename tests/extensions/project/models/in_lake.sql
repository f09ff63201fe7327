{{ config(enabled=target.name in ['attached', 'lake'], database='lake' if target.name == 'attached' else target.database, materialized='incremental', unique_key='id') }}
select range as id, {{ is_incremental() | int }} as again from range(5 {%- if is_incremental() %} + 5 {%- endif %})
