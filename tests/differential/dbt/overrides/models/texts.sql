select
  {{ helper.greet('Ann') }} as a, {{ helper.leave('Bo') }} as b, {{ own_thing() }} as c,
  {{ dateadd('day', 1, "date '2026-01-01'") }} as d, {{ dbt.dateadd('month', 2, "date '2026-01-01'") }} as e,
  '{{ is_incremental() }}' as f, '{{ dbt.is_incremental() }}' as g, '{{ helper.default__greet("Cy") | replace("'", "") }}' as h
