#!/usr/bin/env bash
# Records expected.txt with dbt-core 1.11.16 and dbt-duckdb 1.11.1 in the virtual environment that ORACLE_VENV names. Slow.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
venv=${ORACLE_VENV:-$here/../../../build/oracle}
source "$here/scenario.sh"
log_name=dbt.log
answers=$(mktemp)
trap 'rm -f "$answers"' EXIT
coproc oracle { "$venv/bin/python" "$here/../dbt/oracle.py" 2>/dev/null; }
exec 7>&"${oracle[1]}" 8<&"${oracle[0]}"  # subshells do not see the descriptors of a coprocess

dbt() { # dbt ARGUMENTS...: as the command would, in a fork of a process that has imported it
  local status
  jq -cn --arg folder "$PWD" --arg output "$answers" '{arguments: $ARGS.positional, folder: $folder, output: $output, environment: {}}' \
    --args -- "$@" >&7
  read -r status <&8
  cat "$answers"
  return "$status"
}
engine=(dbt)
set +e
(all_events) >"$here/expected.txt.new"
mv "$here/expected.txt.new" "$here/expected.txt"
