#!/usr/bin/env bash
# Runs the steps of the projects named (the snapshots when none) on one database, the odd ones with dbt and the even ones
# with sluice, and compares the tables with what dbt alone was recorded to give: what one began the other goes on with.
# Slow; needs the virtual environment that ORACLE_VENV names (record.sh makes one). SLUICE names another command.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
dbt=${ORACLE_VENV:-$root/build/oracle}/bin/dbt
sluice=${SLUICE:-$root/build/release/sluice}
source "$here/scenario.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

alternate() {
  local number
  case "$*" in
    'run-operation dump '* | '--quiet ls '*) "$sluice" "$@"; return ;;
  esac
  number=$(($(cat "$work/number") + 1))
  echo "$number" >"$work/number"
  if [ $((number % 2)) = 1 ]; then "$dbt" "$@"; else "$sluice" "$@"; fi
}
engine=(alternate)

[ $# -gt 0 ] || set -- snapshots_timestamp snapshots_check snapshots_yaml
failed=0
for name in "$@"; do
  echo 0 >"$work/number"
  run_project "$name" "$work/out"
  for file in "$here/$name"/expected/*.tables; do
    diff -u "$file" "$work/out/${file##*/}" >"$work/difference" && continue
    failed=$((failed + 1))
    echo "FAIL $name/${file##*/}"
    sed '1,2d; s/^/    /' "$work/difference" | head -n 40
  done
done
echo "$failed tables differ"
[ "$failed" -eq 0 ]
