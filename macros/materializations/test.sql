{# A data test: counts the rows that its query returns and judges them. With store_failures the rows
   are kept in a table (or view) first. #}

{%- materialization test, default -%}
    {%- set relations = [] -%}
    {%- set limit = config.get('limit') -%}
    {%- set failing_rows %}
    {{ get_limit_subquery_sql(sql, limit) }}
  {% endset -%}

    {%- if should_store_failures() -%}
        {%- set store_failures_as = config.get('store_failures_as') or 'table' -%}
        {%- if store_failures_as not in ['table', 'view'] -%}
            {{ exceptions.raise_compiler_error(
                "'" ~ store_failures_as ~ "' is not a valid value for `store_failures_as`. Accepted values are: ['ephemeral', 'table', 'view']") }}
        {%- endif -%}
        {%- set target_relation = api.Relation.create(
                identifier=model['alias'], schema=schema, database=database, type=store_failures_as) -%}
        {%- do drop_relation_in_transaction(load_cached_relation(target_relation)) -%}
        {%- call statement('store_failures') %}
        {{ get_create_sql(target_relation, failing_rows) }}
        {% endcall -%}
        {%- do adapter.cache_added(target_relation) -%}
        {%- do relations.append(target_relation) -%}
        {%- do adapter.commit() -%}
        {%- set failing_rows %}
        select *
        from {{ target_relation }}
    {% endset -%}
    {%- endif -%}

    {%- call statement('main', fetch_result=true, auto_begin=false) %}
    {# the position of the query is part of what people see in engine errors #}
    {{ get_test_sql(failing_rows, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), none) }}
    {%- endcall -%}

    {{ return({'relations': relations}) }}
{%- endmaterialization -%}
