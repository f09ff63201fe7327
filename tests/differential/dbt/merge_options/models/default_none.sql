{{ arrivals() }}
