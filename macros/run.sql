{# Running SQL from a template, and the run's own switches. #}

{# Renders its caller, runs it, and keeps the result under `name` for load_result(name).
   `auto_begin` opens a transaction first when none is open. The statement called `main` is also
   written to target/run. Does nothing while parsing. #}
{%- macro statement(name=none, fetch_result=false, auto_begin=true, language='sql') -%}
    {%- if execute -%}
        {%- set code = caller() -%}
        {%- if name == 'main' -%}
            {%- do log('Writing runtime ' ~ language ~ ' for node "' ~ model['unique_id'] ~ '"') -%}
            {%- do write(code) -%}
        {%- endif -%}
        {%- if language == 'sql' -%}
            {%- set response, table = adapter.execute(code, auto_begin=auto_begin, fetch=fetch_result) -%}
        {%- elif language == 'python' -%}
            {%- set response = submit_python_job(model, code) -%}
            {%- set table = none -%}
        {%- else -%}
            {%- do exceptions.raise_compiler_error("statement got an unknown language: '" ~ language ~ "'") -%}
        {%- endif -%}
        {%- if name is not none -%}
            {%- do store_result(name, response=response, agate_table=table) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# Records a result for `name` without running anything; used where the work was done in several
   statements (seeds). #}
{%- macro noop_statement(name=none, message=none, code=none, rows_affected=none, res=none) -%}
    {%- set text = caller() -%}
    {%- if name == 'main' -%}
        {%- do log('Writing runtime SQL for node "' ~ model['unique_id'] ~ '"') -%}
        {%- do write(text) -%}
    {%- endif -%}
    {%- if name is not none -%}
        {%- do store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) -%}
    {%- endif -%}
{%- endmacro %}

{# Runs one query outside any new transaction and returns its result table; none while parsing. #}
{% macro run_query(sql) %}
    {%- call statement('run_query_statement', fetch_result=true, auto_begin=false) -%}
        {{ sql }}
    {%- endcall -%}
    {{ return(load_result('run_query_statement').table if execute else none) }}
{% endmacro %}

{# The block given by the caller goes in front of the model's create statement. #}
{% macro set_sql_header(config) -%}
    {{ config.set('sql_header', caller()) }}
{%- endmacro %}

{# The model's own full_refresh setting wins over the command line. #}
{% macro should_full_refresh() %}
    {%- set configured = config.get('full_refresh') -%}
    {{ return(flags.FULL_REFRESH if configured is none else configured) }}
{% endmacro %}

{% macro should_store_failures() %}
    {%- set configured = config.get('store_failures') -%}
    {{ return(flags.STORE_FAILURES if configured is none else configured) }}
{% endmacro %}

{# True when this model will be added to instead of rebuilt. #}
{% macro is_incremental() %}
    {%- if not execute -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ return(existing is not none
              and existing.type == 'table'
              and model.config.materialized == 'incremental'
              and not should_full_refresh()) }}
{% endmacro %}

{# False here, as in every 1.x engine. #}
{% macro is_core_v2() %}
    {{ return(false) }}
{% endmacro %}
