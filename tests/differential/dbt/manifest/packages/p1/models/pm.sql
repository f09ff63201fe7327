select {{ var('w') }} as w
