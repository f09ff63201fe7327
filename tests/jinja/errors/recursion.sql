{{ loops(0) }}
