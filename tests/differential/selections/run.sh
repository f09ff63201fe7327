#!/usr/bin/env bash
# What `ls` answers to the lines of expressions.txt in a generated project of 1,080 models is dbt's answer, line by line
# (digests of long ones): expected.txt, which record.sh made. The last line is "N passed, N failed". SLUICE names another
# command; KEEP a folder to leave the answers in.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
sluice=${SLUICE:-$here/../../../build/release/sluice}
case $sluice in /*) ;; *) sluice=$PWD/$sluice ;; esac
export sluice
work=${KEEP:-$(mktemp -d)}
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
source "$here/answers.sh"
awk -v folder="$work/project" -f "$here/generate.awk"
mkdir -p "$work/answers"
ask() { printf '%s %s\n' "$1" "$2"; }
ask_one() { # ask_one ANSWERS "NUMBER LINE": in the project's folder
  eval "\"\$sluice\" --quiet ls --no-write-json --profiles-dir . ${2#* }" >"$1/${2%% *}.txt" 2>/dev/null || echo '!' >"$1/${2%% *}.txt"
}
export -f ask_one
(cd "$work/project" && each_expression ask | tr '\n' '\0' | xargs -0 -P 2 -I{} bash -c 'ask_one "$1" "$2"' - "$work/answers" {})
answer() { write_answer "$2" "$work/answers/$1.txt"; }
each_expression answer >"$work/got.txt"
blocks() { awk '/^ls /{ printf "%s%s", sep, $0; sep = "\n"; next } { printf "\t%s", $0 } END { print "" }' "$1"; }
total=$(grep -c '^ls ' "$here/expected.txt")
failed=$(comm -23 <(blocks "$here/expected.txt" | sort) <(blocks "$work/got.txt" | sort) | wc -l)
diff -U1 "$here/expected.txt" "$work/got.txt" | sed '1,2d' | head -n "${LINES_SHOWN:-40}"
echo "$((total - failed)) passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$total" -gt 0 ]
