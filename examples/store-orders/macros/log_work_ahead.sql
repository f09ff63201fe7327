{#
  Pre-hook of every model: says how many rows and days the model is about to process. Gives no SQL.
  An incremental model that exists processes the window; everything else processes all of its input.
#}
{% macro log_work_ahead() %}
  {% if execute and flags.WHICH in ['run', 'build'] %}
    {% set node = graph.nodes[model.unique_id] %}
    {% set upstream = node.depends_on.nodes | first %}
    {% if upstream.startswith('source.') %}
      {% set input = source(graph.sources[upstream].source_name, graph.sources[upstream].name) %}
    {% else %}
      {% set input = ref(graph.nodes[upstream].name) %}
    {% endif %}
    {% set windowed = node.config.materialized == 'incremental'
        and not flags.FULL_REFRESH
        and load_relation(this) is not none %}
    {% set counts = run_query(
        'select count(*), count(distinct order_date) from ' ~ input
        ~ (' where ' ~ in_window('order_date') if windowed else '')
    ) %}
    {% set rows, days = counts.rows[0] %}
    {% do log(
        this.identifier ~ ': will process ' ~ '{:,}'.format(rows) ~ ' rows of ' ~ days ~ ' days'
        ~ (' (' ~ var('from_date') ~ ' to ' ~ var('to_date') ~ ')' if windowed else ' (everything)'),
        info=true
    ) %}
  {% endif %}
{% endmacro %}
