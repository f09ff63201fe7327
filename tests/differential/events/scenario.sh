# Runs the steps with a dbt-shaped command and prints the events of each in the form of macros/events.sql. Sourced by record.sh
# and run.sh. Needs: here (this folder), engine (array: the command), log_name (dbt.log or sluice.log).
export DBT_SEND_ANONYMOUS_USAGE_STATS=false DBT_USE_COLORS=false

all_events() {
  local folder step number=0 status
  folder=$(mktemp -d)
  cp -r "$here/project/." "$folder"
  cd "$folder" || return 1
  while IFS= read -r step; do
    number=$((number + 1))
    status=0
    eval "\"\${engine[@]}\" $step --log-format-file json --log-path logs$number" >step.log 2>&1 || status=$?
    echo "## $step: exit $status"
    # One place for the folder of the case, whatever it is called.
    "${engine[@]}" --quiet run-operation events --args "{file: logs$number/$log_name}" --log-path events 2>&1 |
      sed "s:$folder:<folder>:g" | grep -vE 'resource_tracker|warnings.warn'
  done <"$here/steps.txt"
  rm -rf "$folder"
}
