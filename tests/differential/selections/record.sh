#!/usr/bin/env bash
# Records expected.txt with the oracle: ORACLE_VENV is a venv with the versions of bench/oracle-requirements.txt.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python=${ORACLE_VENV:-$here/../../../build/oracle}/bin/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source "$here/answers.sh"
awk -v folder="$work/project" -f "$here/generate.awk"
mkdir "$work/answers"
DBT_SEND_ANONYMOUS_USAGE_STATS=false "$python" "$here/oracle.py" "$work/project" "$here/expressions.txt" "$work/answers" >"$work/log" 2>&1 ||
  { tail "$work/log" >&2; exit 1; }
answer() { write_answer "$2" "$work/answers/$1.txt"; }
each_expression answer >"$here/expected.txt"
[ -z "${KEEP:-}" ] || cp -r "$work/answers" "$KEEP"
