select 1 as a, 2 as "Quoted Col", 3 as UPPER
