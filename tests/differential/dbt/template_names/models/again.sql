{{ config(materialized='incremental', unique_key='id') }}
{% set highest = run_query('select max(id) from ' ~ this).columns[0][0] if is_incremental() else 0 %}
select {{ highest }} + 1 as id, '{{ should_full_refresh() }}' as refresh
