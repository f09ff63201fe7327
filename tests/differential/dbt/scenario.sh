# Runs one project of this folder step by step with a dbt-shaped command and writes down what can be seen. Sourced by
# record.sh and run.sh. Needs: here (this folder), engine (array: the command).
# A project's steps.txt holds one command line a line; '#' begins a comment, '!' a shell command that changes the project
# (it is no step). Written per step N into the output folder:
#   stepN.status    exit code; unique_id, status and failures of each node; texts logged after "SEE: "; what ls printed
#                   (ids, or all of it after --quiet);
#                   what source freshness found; the catalog that docs generate wrote; the lock file and packages of deps
#   stepN.compiled  every file of target/compiled: "## path", then its bytes and a newline
#   stepN.run       the same of the files of target/run that match a line of the project's file compare_run
#   stepN.tables    every relation: "## schema.name", its columns and types, its rows in order; "as before" when nothing changed
# and once nodes.txt: unique ids of all resources.
export DBT_SEND_ANONYMOUS_USAGE_STATS=false DBT_USE_COLORS=false DIFFERENTIAL_MODE=recorded DBT_ENV_SECRET_WORD=hush

# Statuses of the nodes, one a line, out of run_results.json. Both commands write these three keys in this order.
node_statuses() {
  grep -oE '"(status|unique_id)": ?"[^"]*"|"failures": ?(null|-?[0-9]+)' "$1" | sed -E 's/^"[a-z_]+": ?//; s/"//g' |
    sed 's/^partial success$/partial_success/' | paste -d ' ' - - - | awk '{ print $3, $1, $2 }' | LC_ALL=C sort
  grep -oE '"batch_results": ?\{[^}]*\}' "$1" | tr -d ' ' | LC_ALL=C sort
}

# What `source freshness` found, one source a line, and its criteria, out of sources.json. Both commands write these keys in
# this order.
source_statuses() {
  grep -oE '"(unique_id|max_loaded_at|status)": ?"[^"]*"|"criteria": ?\{[^}]*\}[^}]*\}[^}]*\}' "$1" | tr -d ' "' |
    sed -E 's/^(unique_id|max_loaded_at|status)://' | paste -d ' ' - - - - | LC_ALL=C sort
}

# catalog.json without what differs from run to run, a line for each resource and column.
catalog_text() {
  sed -E 's/"(generated_at|invocation_id|invocation_started_at)": ?"[^"]*"/"\1":""/g; s/": /":/g; s/, "/,"/g; s/\},"/},\n"/g' "$1"
  echo
}

write_tables() { # write_tables DATABASE FILE
  local folder name
  folder=$(mktemp -d)
  if [ -f "$1" ]; then
    (cd "$here/dump" && DUMP_DATABASE=$1 "${engine[@]}" run-operation dump --args "{folder: $folder}" --profiles-dir . \
      --target-path "$folder/target" --log-path "$folder/logs") >"$folder/log" 2>&1 || { echo "the dump failed"; cat "$folder/log"; } >"$2"
  fi
  for name in "$folder"/*.columns; do
    [ -f "$name" ] || continue
    name=${name%.columns}
    echo "## ${name##*/}"
    cat "$name.columns" "$name.rows"
  done >>"$2"
  rm -rf "$folder"
}

write_compiled() { # write_compiled TARGET FILE
  [ -d "$1/compiled" ] || return 0
  (cd "$1/compiled" && find . -type f | LC_ALL=C sort | while IFS= read -r path; do
    echo "## ${path#./}"
    cat "$path"
    echo
  done) >"$2"
}

# Statements that made relations: those whose path matches a line of the project's file compare_run. Helper tables are
# named by the time.
write_run() { # write_run TARGET FILE PATTERNS
  [ -d "$1/run" ] || return 0
  (cd "$1/run" && find . -type f | grep -E -f "$3" | LC_ALL=C sort | while IFS= read -r path; do
    echo "## ${path#./}"
    sed -E 's/__dbt_tmp(_[0-9]{4,8}(T[0-9]{2})?)?[0-9]{20}"/__dbt_tmp\1<time>"/g' "$path"
    echo
  done) >"$2"
}

run_step() { # run_step NUMBER ARGUMENTS OUT: in the project's folder
  local number=$1 out=$3 status=0 is_list="" target=target
  if [[ $2 == ls* || $2 == '--quiet ls'* ]]; then is_list=yes; fi
  case $2 in *--target-path*) target=$(sed -E 's/.*--target-path ([^ ]+).*/\1/' <<<"$2") ;; esac
  [ "$2" = retry ] || rm -rf target
  eval "\"\${engine[@]}\" $2 --profiles-dir ." >step.log 2>&1 || status=$?
  {
    echo "exit $status"
    if [[ $2 == ls* ]]; then grep -E '^[a-z_]+:|^\w+(\.\w+)+$' step.log; fi
    # Python has a word of its own to say at its end.
    if [[ $2 == '--quiet ls'* && $status == 0 ]]; then sed '/resource_tracker/,+1d' step.log; fi
    [[ -n $is_list || $status == 2 ]] || grep -oE 'SEE: .*' step.log
    # dbt's compile stops at the first error and leaves nothing; sluice goes on to report the others as well.
    # It lists seeds and hooks among what it compiled, and build lists exposures and saved queries; they have no result.
    [[ $2 != source* ]] || source_statuses "$target/sources.json"
    [[ $2 != docs* || $status == 2 ]] || catalog_text "$target/catalog.json"
    [[ $2 != deps* || ! -f package-lock.yml ]] || cat package-lock.yml
    [[ $2 != deps* ]] || ls -d ./*packages/*
    [[ -n $is_list || $2 == source* || $2 == deps* || $status == 2 || ! -f $target/run_results.json ]] ||
      node_statuses "$target/run_results.json" | grep -vE '^(exposure|saved_query)' |
      if [[ $2 == compile* || $2 == docs* ]]; then grep -vE '^(seed|operation)'; else cat; fi
  } >"$out/step$number.status"
  cp step.log "$out/../step$number.log"
  [ "$status" = 2 ] || write_compiled "$target" "$out/step$number.compiled"
  [ ! -f compare_run ] || [ "$status" = 2 ] || write_run "$target" "$out/step$number.run" "$PWD/compare_run"
  write_tables "$PWD/warehouse.duckdb" tables.now
  if cmp -s tables.now tables.last; then
    echo "as before" >"$out/step$number.tables"
  else
    cp tables.now "$out/step$number.tables"
  fi
  mv tables.now tables.last
}

run_project() { # run_project NAME OUT: OUT is made anew; logs of the steps are put beside it
  local copy arguments number=0
  copy=$(mktemp -d)
  rm -rf "$2"
  mkdir -p "$2"
  cp -r "$here/$1/." "$copy"
  rm -rf "$copy/expected" "$copy/target"
  (
    cd "$copy" || exit 1
    "${engine[@]}" --quiet ls --output json --output-keys unique_id --profiles-dir . 2>/dev/null |
      grep -oE '"unique_id": ?"[^"]*"' | cut -d '"' -f 4 | grep -v '^analysis' | LC_ALL=C sort >"$2/nodes.txt"
    while IFS= read -r arguments; do
      case $arguments in
      '' | '#'*) continue ;;
      '!'*)
        eval "${arguments#!}"
        continue
        ;;
      esac
      number=$((number + 1))
      run_step "$number" "$arguments" "$2"
    done <steps.txt
  )
  rm -rf "$copy"
}
