select * from {{ ref('dep') }}
