{{ config(location='files/per_thread', options={'per_thread_output': true, 'overwrite': true}) }}
select * from {{ ref('orders') }}
