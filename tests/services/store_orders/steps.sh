# The six-step scenario of the store-orders example, for a dbt-shaped command. Sourced by record.sh and by
# tests/differential/store_orders/run.sh. Needs: root (of the repository), work (a scratch folder), engine (array: the
# command), and a function `check STEP` to run after each step.
steps=(s1_initial s2_nothing_new s3_late_inside_window s4_late_before_window s5_partition_rewritten s6_gap_before_window)
example=$root/examples/store-orders
scenario=$root/tests/services/store_orders/project
export STORE_ORDERS_DATA=$work/data STORE_ORDERS_WAREHOUSE=$work/store_orders.duckdb DBT_SEND_ANONYMOUS_USAGE_STATS=false

# The window of a step, as --vars. Two days pass before the last step: its window begins the day after the closed one.
window_of() {
  case $1 in
    s6_*) echo '{from_date: 2026-01-29, to_date: 2026-02-12}' ;;
    *) echo '{from_date: 2026-01-27, to_date: 2026-02-10}' ;;
  esac
}

# A command on the example project: on_example STEP COMMAND ARGS…
on_example() {
  local step=$1 command=$2
  shift 2
  (cd "$example" && "${engine[@]}" "$command" --project-dir "$example" --profiles-dir "$example" \
    --target-path "$work/target" --log-path "$work/logs" --vars "$(window_of "$step")" "$@")
}

run_scenario() {
  local step
  for step in "${steps[@]}"; do
    (cd "$scenario" && "${engine[@]}" run-operation prepare_step --project-dir "$scenario" --profiles-dir "$scenario" \
      --target-path "$work/scenario-target" --log-path "$work/logs" \
      --args "{root: '$STORE_ORDERS_DATA', step: $step}") >"$work/$step.data.log" 2>&1 ||
      { cat "$work/$step.data.log" >&2; echo "$step: the data could not be made" >&2; return 1; }
    on_example "$step" run >"$work/$step.run.log" 2>&1 ||
      { cat "$work/$step.run.log" >&2; echo "$step: the run failed" >&2; return 1; }
    check "$step"
  done
}
