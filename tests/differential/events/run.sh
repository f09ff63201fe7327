#!/usr/bin/env bash
# Compares the events of sluice's JSON log with those of dbt: names, codes, levels, fields and what in them is the same in each
# run (record.sh). One check a step. SLUICE names another command. Last line: "N passed, N failed".
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
engine=("${SLUICE:-$root/build/release/sluice}")
log_name=sluice.log
source "$here/scenario.sh"
[ -x "$(command -v "${engine[0]}")" ] || { echo "run.sh: no command ${engine[0]}; build it or set SLUICE"; echo "0 passed, 1 failed"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(all_events) >"$work/actual.txt"
passed=0
failed=0
part() { awk -v number="$1" '/^## / { at += 1 } at == number' "$2"; }
for number in $(seq "$(grep -c '^## ' "$here/expected.txt")"); do
  if difference=$(diff -u <(part "$number" "$here/expected.txt") <(part "$number" "$work/actual.txt")); then
    passed=$((passed + 1))
    continue
  fi
  failed=$((failed + 1))
  echo "FAIL $(part "$number" "$here/expected.txt" | head -n 1)"
  printf '%s\n' "$difference" | sed '1,2d; s/^/    /' | head -n "${LINES_SHOWN:-40}"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
