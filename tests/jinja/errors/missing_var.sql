{{ var('x') }}
