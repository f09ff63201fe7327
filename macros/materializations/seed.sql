{# A table from a CSV file of the project. An existing table keeps its columns and is refilled. #}

{%- materialization seed, default -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set full_refresh_mode = should_full_refresh() -%}
    {%- set grant_config = config.get('grants') -%}
    {%- set agate_table = load_agate_table() -%}
    {%- do store_result('agate_table', response='OK', agate_table=agate_table) -%}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {%- if existing_relation is none -%}
        {%- set create_table_sql = create_csv_table(model, agate_table) -%}
        {%- do adapter.cache_added(target_relation) -%}
    {%- elif existing_relation.is_view -%}
        {{ exceptions.raise_compiler_error("Cannot seed to '" ~ existing_relation ~ "', it is a view") }}
    {%- else -%}
        {%- if not full_refresh_mode -%}
            {%- do prepare_refill(existing_relation) -%}
        {%- endif -%}
        {%- set create_table_sql = reset_csv_table(model, full_refresh_mode, existing_relation, agate_table) -%}
    {%- endif -%}

    {%- set created = existing_relation is none or full_refresh_mode -%}
    {%- set num_rows = agate_table.rows | length -%}
    {%- set insert_sql = load_csv_rows(model, agate_table) -%}

    {%- call noop_statement('main', ('CREATE ' if full_refresh_mode else 'INSERT ') ~ num_rows, 'CREATE' if full_refresh_mode else 'INSERT', num_rows) -%}
        {{ get_csv_sql(create_table_sql, insert_sql) }}
    {%- endcall -%}

    {%- do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing_relation, full_refresh_mode)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- if created or refills_indexes() -%}
        {%- do create_indexes(target_relation) -%}
    {%- endif -%}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization -%}
