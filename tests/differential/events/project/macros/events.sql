{# Prints the events of a JSON log in a form that does not change from run to run: those of the command in their order, then
   those of each node. Left out: what is said of connections, caches and other insides; how often a statement is told. #}
{% macro events(file) %}
  {% set statement %}
    with lines as (
      select generate_subscripts(split, 1) as number, unnest(split) as line
      from (select string_split(content, chr(10)) as split from read_text('{{ file }}'))
    ), found as (
      select number, line, line->>'$.info.name' as name, line->>'$.data.node_info.materialized' as materialized,
        case when line->>'$.info.name' like 'SQLQuery%' then 'any'
             else line->>'$.data.node_info.unique_id' end as node
      from lines where starts_with(line, '{')
    ), told as (
      select *, name in ('SQLQuery', 'SQLQueryStatus', 'ArtifactWritten', 'MarkSkippedChildren', 'EndRunResult', 'WritingInjectedSQLForNode') as once from found
      where name in (
        'MainReportVersion', 'MainReportArgs', 'FoundStats', 'ConcurrencyLine', 'ArtifactWritten', 'NodeStart', 'LogStartLine',
        'NodeCompiling', 'WritingInjectedSQLForNode', 'NodeExecuting', 'SQLQuery', 'SQLQueryStatus', 'LogModelResult',
        'LogSeedResult', 'LogSnapshotResult', 'LogTestResult', 'LogFreshnessResult', 'SkippingDetails', 'NodeFinished',
        'MarkSkippedChildren', 'LogHookStartLine', 'LogHookEndLine', 'JinjaLogInfo', 'JinjaLogWarning', 'PrintEvent',
        'FinishedRunningStats', 'EndRunResult', 'EndOfRunSummary', 'RunResultFailure', 'RunResultError', 'RunResultWarning',
        'RunResultWarningMessage', 'SQLCompiledPath', 'StatsLine', 'ResourceReport', 'CommandCompleted', 'ShowNode',
        'CompiledNode', 'NothingToDo', 'NoNodesForSelectionCriteria', 'SeedHeader', 'CheckCleanPath', 'ConfirmCleanPath',
        'FinishedCleanPaths', 'FreshnessCheckComplete')
        and coalesce(materialized, '') <> 'ephemeral' and (line->>'$.data.unique_id') is distinct from 'model.shop.between'
        and (name not like 'SQLQuery%' or (line->>'$.data.node_info.unique_id') is not null)
    ), described as (
      select number, node, once, name, concat_ws(' ',
        name, line->>'$.info.code', line->>'$.info.level',
        'info:' || array_to_string(list_sort(json_keys(line, '$.info')), ','),
        'data:' || array_to_string(list_sort(list_filter(json_keys(line, '$.data'), lambda key: key not in (
          'rows_read', 'bytes_read', 'files_read', 'rows_affected', 'skipped_because'))), ','),
        case when name not in ('MarkSkippedChildren', 'SQLQuery', 'SQLQueryStatus') then line->>'$.info.thread' end,
        nullif(array_to_string(list_transform(list_filter(
          ['status', 'description', 'name', 'attached_node', 'num_failures', 'num_models', 'relation', 'schema', 'total',
           'result_message', 'statement', 'node_name', 'resource_type', 'path', 'num_errors', 'num_partial_success',
           'num_warnings', 'keyboard_interrupt', 'stats', 'success', 'is_inline', 'output_format', 'quiet', 'unique_id',
           'num_threads', 'target_name', 'source_name', 'table_name', 'artifact_type', 'command_name', 'header',
           'query_id', 'compiled', 'spec_raw'],
          lambda key: (line->('$.data.' || key)) is not null and not (key = 'path' and name like '%Clean%')),
          lambda key: key || '=' || (line->>('$.data.' || key))), ' '), ''),
        case when name in ('LogStartLine', 'StatsLine', 'EndOfRunSummary', 'ConcurrencyLine', 'RunResultFailure', 'NodeStart',
                           'RunResultWarning', 'SQLCompiledPath', 'NodeFinished', 'JinjaLogInfo', 'PrintEvent')
             then regexp_replace(line->>'$.info.msg', '\x1b\[[0-9]*m|^[0-9]+ of |\.\.+', '', 'g') end,
        nullif(array_to_string(list_transform(
          ['materialized', 'meta', 'node_name', 'node_path', 'node_status', 'resource_type'],
          lambda key: key || '=' || (case when node <> 'any' then line->>('$.data.node_info.' || key) end)), ' '), ''),
        case when node <> 'any' then 'started=' || ((line->>'$.data.node_info.node_started_at') <> '') end,
        case when node <> 'any' then 'finished=' || ((line->>'$.data.node_info.node_finished_at') <> '') end,
        case when node <> 'any' then line->>'$.data.node_info.node_relation.relation_name' end,
        'result:' || array_to_string(list_sort(json_keys(line, '$.data.run_result')), ','),
        line->>'$.data.run_result.thread',
        nullif(array_to_string(line->>'$.data.run_result.timing_info[*].name', ','), '')
      ) as text from told
    ), counted as (
      select *, row_number() over (partition by once, name, node, text order by number) as copies from described
    )
    select coalesce(node, '-') || ' | ' || text as text from counted
    where not once or copies = 1
    order by coalesce(node, ''), case when once then 0 else number end, text
  {% endset %}
  {% for row in run_query(statement) %}{{ print(row[0]) }}{% endfor %}
{% endmacro %}
