select e.*, '{{ ref('tab') }}' as r, '{{ this }}' as th from {{ ref('eph') }} e
