# Sourced: how an answer is written down.
# write_answer LINE FILE: the arguments, then what ls printed: the lines themselves when they are few, else how many they
# are and a digest.
write_answer() {
  local count
  count=$(wc -l <"$2")
  printf 'ls %s\n' "$1"
  if [ "$count" -gt 12 ]; then
    printf '  %s lines, sha256 %.16s\n' "$count" "$(sha256sum <"$2")"
  else
    sed 's/^/  /' "$2"
  fi
}

# Calls visit NUMBER LINE for each expression.
each_expression() {
  local line number=-1
  while IFS= read -r line; do
    number=$((number + 1))
    case $line in '#'*) continue ;; esac
    "$1" "$number" "$line"
  done <"$here/expressions.txt"
}
