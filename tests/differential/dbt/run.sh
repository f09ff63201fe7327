#!/usr/bin/env bash
# Runs the projects of this folder (or those named) with sluice and compares node ids, compiled SQL byte for byte, statuses
# and rows with what dbt was recorded to give (record.sh). The last line is "N passed, N failed"; one check a recorded file.
# SLUICE names another command; KEEP names a folder to leave the outputs in.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
engine=("${SLUICE:-$root/build/release/sluice}")
source "$here/scenario.sh"
[ -x "$(command -v "${engine[0]}")" ] || { echo "run.sh: no command ${engine[0]}; build it or set SLUICE"; echo "0 passed, 1 failed"; exit 1; }
work=${KEEP:-$(mktemp -d)}
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- $(cd "$here" && ls -d */steps.txt | sed 's:/.*::')
passed=0
failed=0
for name in "$@"; do
  mkdir -p "$work/$name"
  run_project "$name" "$work/$name/out"
  while IFS= read -r file; do
    if difference=$(diff -u "$here/$name/expected/$file" "$work/$name/out/$file" 2>&1); then
      passed=$((passed + 1))
      continue
    fi
    failed=$((failed + 1))
    echo "FAIL $name/$file"
    printf '%s\n' "$difference" | sed '1,2d; s/^/    /' | head -n "${LINES_SHOWN:-40}"
  done < <(cd "$here/$name" && { ls expected; ls "$work/$name/out"; } | LC_ALL=C sort -u)
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
