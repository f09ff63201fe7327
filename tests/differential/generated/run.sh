#!/usr/bin/env bash
# Compiled SQL and node ids of generated projects (100 and 1,000 models) are dbt-core's byte for byte: digests against
# expected.txt, which record.sh made. The last line is "N passed, N failed". SLUICE names another command.
set -uo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
here=$root/tests/differential/generated
sluice=${SLUICE:-$root/build/release/sluice}
case $sluice in /*) ;; *) sluice=$PWD/$sluice ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source "$here/digest.sh"
passed=0
failed=0
while read -r models expected; do
  if compile_generated "$models" "$work/p$models" "$sluice" && [ "$(digest "$work/p$models")" = "$expected" ]; then
    echo "$models models: as dbt-core"
    passed=$((passed + 1))
  else
    echo "$models models: differ from dbt-core (files, digest, nodes, digest)"
    echo "  expected $expected"
    echo "  got      $(digest "$work/p$models" 2>/dev/null)"
    tail -n 5 "$work/p$models.log"
    failed=$((failed + 1))
  fi
done <"$here/expected.txt"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
