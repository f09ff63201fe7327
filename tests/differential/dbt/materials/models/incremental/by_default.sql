select id, amount, '{{ is_incremental() }}' as again from ({{ arrivals() }})
