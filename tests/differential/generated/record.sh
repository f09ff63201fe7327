#!/usr/bin/env bash
# Records expected.txt with the oracle: ORACLE_VENV is a venv with the versions of bench/oracle-requirements.txt.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
dbt=${ORACLE_VENV:-$root/build/oracle}/bin/dbt
[ -x "$dbt" ] || { echo "record: no dbt at '$dbt'; see bench/README.md" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source "$root/tests/differential/generated/digest.sh"
for models in 100 1000; do
  compile_generated "$models" "$work/p$models" "$dbt" || { tail "$work/p$models.log" >&2; exit 1; }
  echo "$models $(digest "$work/p$models")"
done >"$root/tests/differential/generated/expected.txt"
