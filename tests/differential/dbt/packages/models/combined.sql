select n, seen, a, b, {{ lib.vars_seen() }} as seen_there, {{ same_name() }} as c, {{ lib.calls_same_name() }} as d
from {{ ref('lib', 'stg_numbers') }}
