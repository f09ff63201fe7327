{{ config(enabled=target.name == 'attached', database='lite') }}
select range as id, 'n' || range as name from range(10)
