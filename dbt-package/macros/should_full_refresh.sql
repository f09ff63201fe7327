{# Whether stock dbt has to rebuild the model that runs now. A plain incremental model (no is_incremental(), key, strategy or
   predicates) is one that sluice keeps exact by itself; dbt would append all of its rows to it in every run. A project
   calls this from its own macro of the same name, which dbt asks:

       {% macro should_full_refresh() %}{{ return(sluice_exact.should_full_refresh()) }}{% endmacro %}
#}
{% macro should_full_refresh() %}
  {% set wanted = config.get('full_refresh') %}
  {% set asked = flags.FULL_REFRESH if wanted is none else wanted %}
  {{ return(asked or sluice_exact.is_plain_incremental()) }}
{% endmacro %}

{# True for models that the policy `auto` maintains, unless meta.sluice.incremental is off. #}
{% macro is_plain_incremental() %}
  {% if config.get('materialized') != 'incremental' %}
    {{ return(false) }}
  {% endif %}
  {% for setting in ['unique_key', 'incremental_strategy', 'incremental_predicates', 'predicates'] %}
    {% if config.get(setting) is not none %}
      {{ return(false) }}
    {% endif %}
  {% endfor %}
  {% if 'macro.dbt.is_incremental' in model.depends_on.macros %}
    {{ return(false) }}
  {% endif %}
  {% set policy = ((config.get('meta') or {}).get('sluice') or {}).get('incremental') %}
  {{ return(policy != 'off' and policy is not sameas false) }}
{% endmacro %}
