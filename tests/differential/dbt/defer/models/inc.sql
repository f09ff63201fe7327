{{ config(materialized='incremental') }}select * from {{ ref('tab') }} {% if is_incremental() %}where 1=0{% endif %}
