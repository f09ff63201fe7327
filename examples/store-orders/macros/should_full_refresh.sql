{# Stock dbt would append to an incremental model without a window in every run: there it is rebuilt. sluice keeps such a model
   exact by itself and never asks. The same as the macro of dbt-package/ at the top of the repository. #}
{% macro should_full_refresh() %}
  {% set wanted = config.get('full_refresh') %}
  {% set asked = flags.FULL_REFRESH if wanted is none else wanted %}
  {% set is_plain = config.get('materialized') == 'incremental'
      and config.get('unique_key') is none
      and config.get('incremental_strategy') is none
      and 'macro.dbt.is_incremental' not in model.depends_on.macros %}
  {{ return(asked or is_plain) }}
{% endmacro %}
