select 1 as a where {{ function('plus_one') }}(1) <> 2
