select {{ one.number() }} as a, {{ two.number() }} as b
