#!/usr/bin/env bash
# Records tests/differential/store_orders/expected with the oracle: dbt-core 1.11.16, dbt-adapters 1.24.5,
# dbt-duckdb 1.11.1, duckdb 1.5.5, in the virtual environment that ORACLE_VENV names (made in .venv when unset).
# Slow target; run it only when the example or the scenario changes.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
venv=${ORACLE_VENV:-$root/.venv}
if [ ! -x "$venv/bin/dbt" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q "dbt-core==1.11.16" "dbt-adapters==1.24.5" "dbt-duckdb==1.11.1" "duckdb==1.5.5"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
engine=("$venv/bin/dbt" --no-use-colors)
expected=$root/tests/differential/store_orders/expected
source "$root/tests/services/store_orders/steps.sh"

check() {
  mkdir -p "$expected/$1"
  "$venv/bin/python" - "$STORE_ORDERS_WAREHOUSE" "$STORE_ORDERS_DATA" "$expected/$1" "$1" <<'PY'
import sys
import duckdb

database, data, out, step = sys.argv[1:]
connection = duckdb.connect(database, read_only=True)
for model in ("agg_daily_revenue_v1", "agg_daily_revenue_v2", "agg_daily_revenue_v3"):
    connection.execute(f"copy (from analytics.{model} order by order_date) to '{out}/{model}.csv' (header)")
files = f"read_parquet('{data}/**/*.parquet', hive_partitioning = true)"
summary = "count(*) as num_rows, count(distinct order_id) as orders, sum(revenue) as revenue"
connection.execute(f"""copy (
    select 'files' as relation, {summary} from {files}
    union all by name select 'stg_orders_v1' as relation, {summary} from analytics.stg_orders_v1
    union all by name select 'stg_orders_v2' as relation, {summary} from analytics.stg_orders_v2
    order by relation) to '{out}/staging.csv' (header)""")
truth = f"select order_date, sum(revenue) as daily_revenue, count(distinct order_id) as daily_orders from {files} group by 1"
def differing(model):
    return connection.execute(f"""select count(*) from ({truth}) t full join analytics.{model} m using (order_date)
        where t.daily_orders is distinct from m.daily_orders
           or abs(t.daily_revenue - m.daily_revenue) > 1e-9 * abs(t.daily_revenue)""").fetchone()[0]
running = connection.execute(f"""select count(*) from
    (select order_date, sum(daily_revenue) over (order by order_date) as running_revenue from ({truth})) t
    full join analytics.agg_daily_revenue_v3 m using (order_date)
    where t.running_revenue is null or m.running_revenue is null
       or abs(t.running_revenue - m.running_revenue) > 1e-9 * t.running_revenue""").fetchone()[0]
print(f"{step}: days unlike the truth: v1 {differing('agg_daily_revenue_v1')}, v2 {differing('agg_daily_revenue_v2')}, "
      f"v3 {differing('agg_daily_revenue_v3')}, running total {running}")
assert differing("agg_daily_revenue_v1") == 0, "v1 must equal the truth"
PY
}
run_scenario
echo "recorded into ${expected#"$root"/}"
