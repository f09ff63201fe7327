{% macro should_full_refresh() %}{{ return(sluice_exact.should_full_refresh()) }}{% endmacro %}
