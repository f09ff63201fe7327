select {{ function('plus_one') }}(1) as of_root, {{ function('pkg', 'thousand') }}(1) as own, {{ function('thousand') }}(2) as t
