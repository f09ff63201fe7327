{# Hooks around a model. A hook is {sql, transaction}; it runs on the side of the model's
   transaction that `transaction` says. #}

{% macro run_hooks(hooks, inside_transaction=true) %}
    {%- for hook in hooks if hook.transaction == inside_transaction -%}
        {%- set rendered = render(hook.get('sql')) | trim -%}
        {%- if rendered -%}
            {%- if not inside_transaction -%}
                {# the model's template may have begun one #}
                {%- do adapter.commit() -%}
            {%- endif -%}
            {%- call statement(auto_begin=inside_transaction) %}
        {{ rendered }}
      {% endcall -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}

{% macro make_hook_config(sql, inside_transaction) %}
    {{ tojson({'sql': sql, 'transaction': inside_transaction}) }}
{% endmacro %}

{% macro before_begin(sql) %}
    {{ make_hook_config(sql, inside_transaction=false) }}
{% endmacro %}

{% macro in_transaction(sql) %}
    {{ make_hook_config(sql, inside_transaction=true) }}
{% endmacro %}

{% macro after_commit(sql) %}
    {{ make_hook_config(sql, inside_transaction=false) }}
{% endmacro %}
