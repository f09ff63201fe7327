#!/usr/bin/env bash
# Replays the six-step scenario with sluice and compares every table with what dbt recorded (expected/, made by
# tests/services/store_orders/record.sh): keys and counts exactly, floats to 1e-9 relative; v1 with the truth as well, and the plain models with the truth alone.
# The comparison itself is SQL that sluice runs. The last line is "N passed, N failed". SLUICE names another command, so the recorder can be checked with itself.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
engine=("${SLUICE:-$root/build/release/sluice}")
expected=$root/tests/differential/store_orders/expected
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source "$root/tests/services/store_orders/steps.sh"
passed=0
failures=0

# SQL: the rows of `query` that differ from the recorded CSV, by key; $4: columns that must be equal; $5: floats.
differences() {
  local csv=$1 query=$2 key=$3 equal=$4 floats=$5 column
  echo "select count(*) as n from (select * from read_csv('$csv', header = true)) as e full join ($query) as a on e.$key = a.$key where e.$key is null or a.$key is null"
  for column in $equal; do echo "or e.$column is distinct from a.$column"; done
  for column in $floats; do
    echo "or e.$column is null or a.$column is null or abs(e.$column - a.$column) > 1e-9 * abs(e.$column)"
  done
}

check() {
  local step=$1 folder=$expected/$1 sql parts=() names=(v1 v2 v3 staging truth plain) i shown
  local summary="count(*) as num_rows, count(distinct order_id) as orders, sum(revenue) as revenue"
  local files="{{ source('store', 'transactions') }}"
  parts+=("$(differences "$folder/agg_daily_revenue_v1.csv" "select * from {{ ref('agg_daily_revenue_v1') }}" order_date daily_orders daily_revenue)")
  parts+=("$(differences "$folder/agg_daily_revenue_v2.csv" "select * from {{ ref('agg_daily_revenue_v2') }}" order_date daily_orders daily_revenue)")
  parts+=("$(differences "$folder/agg_daily_revenue_v3.csv" "select * from {{ ref('agg_daily_revenue_v3') }}" order_date "daily_orders daily_buyers" "daily_revenue running_revenue")")
  parts+=("$(differences "$folder/staging.csv" "select 'files' as relation, $summary from $files union all select 'stg_orders_v1', $summary from {{ ref('stg_orders_v1') }} union all select 'stg_orders_v2', $summary from {{ ref('stg_orders_v2') }}" relation "num_rows orders" revenue)")
  parts+=("select count(*) as n from (select order_date, sum(revenue) as r, count(distinct order_id) as o from $files group by 1) as t full join {{ ref('agg_daily_revenue_v1') }} as a on t.order_date = a.order_date where t.order_date is null or a.order_date is null or t.o <> a.daily_orders or abs(t.r - a.daily_revenue) > 1e-9 * abs(t.r)")
  parts+=("select count(*) as n from (select *, sum(r) over (order by order_date) as total from (select order_date, sum(revenue::decimal(18, 2)) as r, count(distinct order_id) as o from $files group by 1)) as t full join {{ ref('agg_daily_revenue') }} as a on t.order_date = a.order_date where t.order_date is null or a.order_date is null or t.o <> a.daily_orders or t.r <> a.daily_revenue or t.total <> a.running_revenue")
  sql="select * from ("
  for i in "${!names[@]}"; do
    [ "$i" = 0 ] || sql+=" cross join "
    sql+="(select n as ${names[$i]} from (${parts[$i]}))"
  done
  sql+=")"
  shown=$(on_example "$step" show --quiet --inline "$sql" --limit -1 --output json) ||
    { echo "$shown" >&2; echo "FAIL $step: the comparison did not run" >&2; failures=$((failures + ${#names[@]})); return 0; }
  local compact
  compact=$(tr -d ' \n' <<<"$shown")
  for i in "${names[@]}"; do
    if [[ $compact == *"\"$i\":0,"* || $compact == *"\"$i\":0}"* ]]; then
      passed=$((passed + 1))
      continue
    fi
    echo "FAIL $step: $i differs: $compact" >&2
    failures=$((failures + 1))
  done
  echo "checked $step"
}

run_scenario || failures=$((failures + 1))
echo "$passed passed, $failures failed"
[ "$failures" = 0 ]
