select {% if execute %}{{ function('plus_one') }}{% endif %}(v) as n from {{ ref('uses') }}
