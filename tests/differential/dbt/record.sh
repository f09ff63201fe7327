#!/usr/bin/env bash
# Records expected/ of the projects named (all when none) with dbt-core 1.11.16, dbt-adapters 1.24.5, dbt-duckdb 1.11.1 and
# duckdb 1.5.5, in the virtual environment that ORACLE_VENV names (made in build/oracle when unset). Slow target; run it
# when a project changes. KEEP_LOGS names a folder to leave dbt's output in.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
venv=${ORACLE_VENV:-$root/build/oracle}
if [ ! -x "$venv/bin/dbt" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q "dbt-core==1.11.16" "dbt-adapters==1.24.5" "dbt-duckdb==1.11.1" "duckdb==1.5.5"
fi
source "$here/scenario.sh"
work=$(mktemp -d)
coproc oracle { "$venv/bin/python" "$here/oracle.py" 2>"$work/oracle.log"; }
exec 7>&"${oracle[1]}" 8<&"${oracle[0]}"  # subshells do not see the descriptors of a coprocess
trap 'rm -rf "$work"' EXIT

dbt() { # dbt ARGUMENTS...: as the command would
  local status
  jq -cn --arg folder "$PWD" --arg output "$work/output" --arg database "${DUMP_DATABASE:-}" \
    '{arguments: $ARGS.positional, folder: $folder, output: $output, environment: {DUMP_DATABASE: $database}}' --args -- "$@" >&7
  read -r status <&8
  cat "$work/output"
  return "$status"
}
engine=(dbt)

[ $# -gt 0 ] || set -- $(cd "$here" && ls -d */steps.txt | sed 's:/.*::')
set +e
for name in "$@"; do
  run_project "$name" "$work/out"
  [ -z "${KEEP_LOGS:-}" ] || { mkdir -p "$KEEP_LOGS/$name"; cp "$work"/step*.log "$KEEP_LOGS/$name"; }
  rm -f "$work"/step*.log
  [ -s "$work/out/nodes.txt" ] || { echo "$name: dbt listed no node" >&2; continue; }
  rm -rf "${here:?}/$name/expected"
  cp -r "$work/out" "$here/$name/expected"
  echo "recorded $name"
done
