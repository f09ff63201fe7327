{% snapshot sn %}{{ config(unique_key='id', strategy='timestamp', updated_at='at', target_schema='snaps') }} select 1 as id, current_timestamp as at{% endsnapshot %}
