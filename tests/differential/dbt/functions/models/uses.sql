{{ config(post_hook="select {{ function('no_args') }}()") }}
select v, {{ function('plus_one') }}(v) as n, {{ function('functions', 'times') }}(v, y := 2) as m,
  {{ function('no_args') }}() as a, {{ function('twin') }}('it has the ') as t
from {{ ref('base') }}
