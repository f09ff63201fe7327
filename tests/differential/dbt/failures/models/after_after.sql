select * from {{ ref('after_bad') }}
