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
check() { # check NAME: runs and compares one project; what failed, and last how many files passed and failed
  local name=$1 passed=0 failed=0 file difference
  [ -f "$here/$name/steps.txt" ] || { echo "FAIL $name: there is no such project"; echo "0 1"; return; }
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
  echo "$passed $failed"
}

# Projects share nothing: as many at once as there are cores.
for name in "$@"; do
  while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
  check "$name" >"$work/$name.log" 2>&1 </dev/null &
done
wait
passed=0
failed=0
for name in "$@"; do
  sed '$d' "$work/$name.log"
  read -r good bad < <(tail -n 1 "$work/$name.log")
  [[ "$good $bad" =~ ^[0-9]+\ [0-9]+$ ]] || { echo "FAIL $name: ended without its counts"; good=0 bad=1; }
  passed=$((passed + good))
  failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
