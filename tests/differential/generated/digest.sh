# Sourced: one line that stands for all of a project's compiled SQL and node ids.
# digest FOLDER: "FILES SHA256-of-compiled-tree NODES SHA256-of-ids" of a compiled project.
digest() {
  local files ids
  files=$(cd "$1/target/compiled" && find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum)
  ids=$(python3 - "$1/target/manifest.json" <<'PYTHON'
import json, sys
manifest = json.load(open(sys.argv[1]))
print("\n".join(sorted(list(manifest["nodes"]) + list(manifest["sources"]))))
PYTHON
)
  printf '%s %s %s %s\n' "$(wc -l <<<"$files")" "$(sha256sum <<<"$files" | cut -d' ' -f1)" \
    "$(wc -l <<<"$ids")" "$(sha256sum <<<"$ids" | cut -d' ' -f1)"
}

# compile_generated MODELS FOLDER COMMAND...: generates a project and compiles it with a dbt-shaped command.
compile_generated() {
  local models=$1 folder=$2
  shift 2
  python3 "$root/bench/gen_project.py" "$models" "$folder" >"$folder.log" 2>&1 &&
    (cd "$folder" && DBT_SEND_ANONYMOUS_USAGE_STATS=false "$@" compile >>"$folder.log" 2>&1)
}
