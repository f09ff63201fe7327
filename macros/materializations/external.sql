{# A file (or a folder of files) written from the model's query, and a view that reads it. The query
   goes to a helper table first, then COPY writes it: a reader of the view sees the old file or the
   new one as the engine puts a complete file in the place of the old one. #}

{%- materialization external, adapter='duckdb' -%}
    {%- set location = render(config.get('location', default=external_location(this, config))) -%}
    {%- set rendered_options = render_write_options(config) -%}
    {%- set format = config.get('format', 'parquet') -%}
    {%- if format not in ['csv', 'parquet', 'json'] -%}
        {{ exceptions.raise_compiler_error('Invalid format: ' ~ format ~ '. Allowed formats are: csv, parquet, json') }}
    {%- endif -%}
    {%- do refuse_external_extras(config) -%}
    {%- set write_options = adapter.external_write_options(location, rendered_options) -%}
    {%- set read_location = adapter.external_read_location(location, rendered_options) -%}

    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set temp_relation = make_intermediate_relation(this.incorporate(type='table'), suffix='__dbt_tmp') -%}
    {%- set int_relation = make_intermediate_relation(target_relation, suffix='__dbt_int') -%}
    {%- set grant_config = config.get('grants') -%}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {%- do drop_leftovers(target_relation) -%}
    {%- do drop_relation_in_transaction(load_cached_relation(int_relation)) -%}
    {%- call statement('create_table', language=model['language']) -%}
        {{- create_table_as(false, temp_relation, model['compiled_code'], model['language']) }}
    {%- endcall -%}

    {%- set is_empty = external_add_null_row(temp_relation) -%}
    {%- do write_to_file(temp_relation, location, write_options) -%}
    {%- call statement('main', language='sql') -%}
        {{ external_view_sql(int_relation, temp_relation, read_location, rendered_options, is_empty) }}
    {%- endcall -%}
    {%- do drop_relation_in_transaction(existing_relation) -%}
    {%- do adapter.rename_relation(int_relation, target_relation) -%}
    {%- call statement('drop_temp_relation') -%}
        drop table if exists {{ temp_relation }} cascade
    {%- endcall -%}

    {%- do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing_relation, full_refresh_mode=true)) -%}
    {%- do persist_docs(target_relation, model) -%}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization -%}

{# What would need Python, before anything is written. #}
{% macro refuse_external_extras(config) -%}
    {%- if config.get('plugin') -%}
        {{ exceptions.raise_compiler_error(
            "Plugin " ~ config.get('plugin') ~ " not found; plugins of dbt-duckdb are Python modules, which are not run here. Remove the config 'plugin'") }}
    {%- endif -%}
    {%- if config.get('glue_register') -%}
        {{ exceptions.raise_compiler_error(
            "glue_register is not supported: registering a table with AWS Glue needs Python's boto3. Remove the config 'glue_register'") }}
    {%- endif -%}
{%- endmacro %}

{# An empty file has no columns to read, so an empty result is written as one row of nulls, which the
   view leaves out. Whether that was so. #}
{% macro external_add_null_row(relation) -%}
    {%- call statement('external_row_count', fetch_result=true) %}
    select count(*) as row_count from {{ relation }}
  {%- endcall -%}
    {%- if load_result('external_row_count')['data'][0][0] != 0 -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set nulls = ['NULL'] * (adapter.get_columns_in_relation(relation) | length) -%}
    {%- call statement('external_null_row') %}
    insert into {{ relation }} values ({{ nulls | join(',') }},)
  {%- endcall -%}
    {{ return(true) }}
{%- endmacro %}

{# The view over the files. #}
{% macro external_view_sql(relation, temp_relation, location, options, is_empty) -%}
    {%- set format = options.get('format', 'parquet') -%}
    {%- set compression = ", compression='" ~ options['compression'] ~ "'" if options.get('compression') else '' -%}
    {%- set not_null = [] -%}
    {%- if is_empty -%}
        {%- for column in adapter.get_columns_in_relation(temp_relation) -%}
            {%- do not_null.append(' AND "' ~ column.column ~ '" is not NULL') -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if format == 'csv' %}
    create or replace view {{ relation }} as (
      select * from read_csv('{{ location }}', auto_detect=True{{ compression }})
      -- if relation is empty, filter by all columns having null values
      {% if is_empty %}
        where 1{{ not_null | join }}
      {%- endif %}
    );
    {%- else %}
      create or replace view {{ relation }} as (
        select * from {{ "read_json('" ~ location ~ "', auto_detect=True)" if format == 'json' else "read_parquet('" ~ location ~ "', union_by_name=False)" }}
        -- if relation is empty, filter by all columns having null values
        {% if is_empty %}
          where 1{{ not_null | join }}
        {%- endif %}
      );
    {%- endif %}
    {% endmacro %}
