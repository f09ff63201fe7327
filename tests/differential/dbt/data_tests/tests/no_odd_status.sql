{{ config(error_if='>5', warn_if='>0') }}
select * from {{ ref('orders') }} where status = 'odd'
