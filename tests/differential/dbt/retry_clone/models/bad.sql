select {{ var('fixed', 'nope') }} as id
