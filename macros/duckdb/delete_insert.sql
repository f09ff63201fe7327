{# delete+insert for DuckDB: a semi join on one key, DELETE … USING on several. #}

{% macro duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    {%- set predicates = normalize_incremental_predicates(incremental_predicates) -%}
    {% if unique_key is string %}
        {# one key: a semi join on it #}
            delete from {{ target }}
            where (
                {{ unique_key }}) in (
                select ({{ unique_key }})
                from {{ source }}
            )
            {%- for predicate in predicates %}
                {# on top of the key #}
                    and {{ predicate }}
                {%- if loop.last %}
                {% endif %}
            {%- endfor %};

        {# then the insert #}
    {% elif unique_key %}
        {# several keys: a join #}
            delete from {{ target }} as DBT_INCREMENTAL_TARGET
            using {{ source }}
            where (
                {% for key in unique_key %}
                    {{ source }}.{{ key }} = DBT_INCREMENTAL_TARGET.{{ key }}
                    {{ 'and ' if not loop.last }}
                {% endfor %}
                {% if predicates %}
                    {% for predicate in predicates %}
                        and {{ predicate }}
                    {% endfor %}
                {% endif %}
            );
        {# then the insert #}
    {% endif %}

    insert into {{ target }} ({{ columns }})
    (
        select {{ columns }}
        from {{ source }}
    )
{%- endmacro %}
