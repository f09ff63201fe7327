select *, {{ vars_seen() }} as seen, {{ calls_same_name() }} as a, {{ lib.same_name() }} as b from {{ ref('numbers') }}
