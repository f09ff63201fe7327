a {# never closed
