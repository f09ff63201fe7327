{{ config(incremental_strategy='microbatch', on_schema_change='append_new_columns', event_time='at', begin='2024-01-01', batch_size='day') }}
{{ rows() }}
