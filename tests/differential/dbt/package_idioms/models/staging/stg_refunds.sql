select {{ kit.star(from=ref('refunds'), relation_alias='r', suffix='_raw') }}
from {{ ref('refunds') }} as r
