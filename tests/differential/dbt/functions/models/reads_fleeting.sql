select * from {{ ref('fleeting') }}
