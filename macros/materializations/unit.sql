{# A unit test: the model's query over the given rows beside the expected rows. The types of the columns are read off an
   empty table made from the query; nothing of it stays. #}

{%- materialization unit, default -%}
    {%- set expected_rows = config.get('expected_rows') -%}
    {%- set expected_sql = config.get('expected_sql') -%}
    {%- if expected_rows -%}
        {%- set tested_columns = expected_rows[0].keys() | list -%}
    {%- else -%}
        {%- set tested_columns = get_columns_in_query(sql) -%}
    {%- endif -%}

    {%- set temporary_relation = make_temp_relation(this.incorporate(type='table')) -%}
    {%- do run_query(get_create_table_as_sql(true, temporary_relation, get_empty_subquery_sql(sql))) -%}
    {%- set types = {} -%}
    {%- set quoted = {} -%}
    {%- for column in adapter.get_columns_in_relation(temporary_relation) -%}
        {%- do types.update({(column.name | lower): column.data_type}) -%}
        {%- do quoted.update({(column.name | lower): column.quoted}) -%}
    {%- endfor -%}

    {%- if not expected_sql -%}
        {%- set expected_sql = get_expected_sql(expected_rows, types, quoted) -%}
    {%- endif -%}
    {%- set quoted_columns = [] -%}
    {%- for name in tested_columns -%}
        {%- do quoted_columns.append(quoted.get(name | lower, adapter.quote(name))) -%}
    {%- endfor -%}

    {%- call statement('main', fetch_result=true) %}
    {{ get_unit_test_sql(sql, expected_sql, quoted_columns) }}
    {%- endcall -%}
    {%- do adapter.drop_relation(temporary_relation) -%}

    {{ return({'relations': []}) }}
{%- endmaterialization -%}
