# Writes the project that expressions.txt is asked of: awk -v folder=FOLDER -f generate.awk. The same text each time.
# 1,080 models in four layers, folders, a package, groups, versions, seeds, sources, exposures, tests and analyses.

function put(path, text) {
  path = folder "/" path
  directory = path
  sub(/\/[^\/]*$/, "", directory)
  if (!(directory in made)) {
    system("mkdir -p '" directory "'")
    made[directory] = 1
  }
  printf "%s", text > path
  close(path)
}

# Position of a model within its layer → its name.
function name_of(layer, i) { return prefix[layer] "_" sprintf("%03d", i) }

function layer_folder(layer, i) { return "models/" title[layer] "/" area[i % 6] }

# What model i of a layer reads: one to three of the layer below, sometimes of two below.
function body_of(layer, i,    text, count, k, from) {
  text = ""
  if (i % 5 == 0) text = "{{ config(tags=['infile'" (i % 10 == 0 ? ", 'tenth'" : "") "]" (i % 15 == 0 ? ", materialized='table'" : "") ") }}\n"
  if (layer == 0) {
    if (i % 10 == 9) return text "select * from {{ ref('seed_" sprintf("%02d", i % 20) "') }}\n"
    return text "select * from {{ source('src" i % 8 "', 'table_" i % 12 "') }}\n"
  }
  count = 1 + (i * 7 + layer) % 3
  for (k = 0; k < count; k++) {
    from = (layer > 1 && (i + k) % 11 == 0) ? layer - 2 : layer - 1
    text = text (k ? "union all\n" : "") "select * from {{ ref('" name_of(from, (i * 3 + k * 17 + layer) % size[from]) "') }}\n"
  }
  return text
}

function properties_of(layer, i,    text) {
  text = "- name: " name_of(layer, i) "\n"
  if (i % 3 == 0) text = text "  description: model " i "\n"
  text = text "  config:\n    tags: [t" i % 7 (i % 4 == 0 ? ", nightly" : "") (i % 9 == 0 ? ", Daily-Run" : "") "]\n"
  text = text "    meta: {owner: " person[i % 4] ", tier: " i % 3 ", critical: " (i % 2 ? "true" : "false") ", teams: [" area[i % 6] ", " area[(i + 1) % 6] "]}\n"
  if (i % 6 == 0) text = text "    group: group_" i % 3 "\n    access: " (i % 12 == 0 || i % 13 == 0 ? "protected" : "public") "\n"
  if (layer == 3 && i % 8 == 0) text = text "    materialized: incremental\n    unique_key: [id, day]\n"
  if (layer == 1 && i % 13 == 0) text = text "    materialized: ephemeral\n"
  if (i % 4 == 1) {
    text = text "  columns:\n  - name: id\n    data_tests:\n    - unique\n"
    if (i % 8 == 1) text = text "    - not_null: {config: {severity: warn, tags: [soft]}}\n"
  }
  if (i % 16 == 5) text = text "    - relationships: {arguments: {to: ref('" name_of(layer, (i + 9) % size[layer]) "'), field: id}}\n"
  if (i % 20 == 3) text = text "  data_tests:\n  - positive: {arguments: {column_name: amount}}\n"
  return text
}

BEGIN {
  split("north east south west core edge", words, " ")
  for (i = 0; i < 6; i++) area[i] = words[i + 1]
  split("ann bob cat dan", words, " ")
  for (i = 0; i < 4; i++) person[i] = words[i + 1]
  split("staging base wide marts", words, " ")
  for (i = 0; i < 4; i++) title[i] = words[i + 1]
  split("stg base wide mart", words, " ")
  for (i = 0; i < 4; i++) prefix[i] = words[i + 1]
  split("250 300 280 220", words, " ")
  for (i = 0; i < 4; i++) size[i] = words[i + 1]

  put("dbt_project.yml", "name: shop\nprofile: shop\nversion: '1.0'\n" \
    "models:\n  shop:\n    staging: {+tags: [staging]}\n    marts:\n      +materialized: table\n      core: {+tags: [core], +meta: {area: core}}\n" \
    "  parts: {+tags: [parts]}\nseeds: {shop: {+tags: [seeded]}}\n")
  put("profiles.yml", "shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb, threads: 1}}}\n")
  put("packages.yml", "packages: [{local: parts}]\n")
  put("macros/tests.sql", "{% test positive(model, column_name) %}select * from {{ model }} where {{ column_name }} < 0{% endtest %}\n")

  for (layer = 0; layer < 4; layer++) {
    for (a = 0; a < 6; a++) yml[a] = "models:\n"
    for (i = 0; i < size[layer]; i++) {
      put(layer_folder(layer, i) "/" name_of(layer, i) ".sql", body_of(layer, i))
      yml[i % 6] = yml[i % 6] properties_of(layer, i)
    }
    for (a = 0; a < 6; a++) put("models/" title[layer] "/" area[a] "/models.yml", yml[a])
  }

  text = "models:\n"
  for (i = 0; i < 6; i++) {
    text = text "- name: priced_" i "\n  latest_version: " (i % 2 ? 1 : 2) "\n  columns: [{name: id, data_tests: [not_null]}]\n  versions: [{v: 1}, {v: 2}, {v: 3, config: {tags: [third]}}]\n"
    for (v = 1; v <= 3; v++) put("models/priced/priced_" i "_v" v ".sql", "select * from {{ ref('" name_of(3, i * 20 + v) "') }}\n")
  }
  put("models/priced/priced.yml", text)
  for (i = 0; i < 4; i++) put("models/priced/reader_" i ".sql", "select * from {{ ref('priced_" i "') }} join {{ ref('priced_" i "', v=3) }} using (id)\n")

  text = "groups:\n"
  for (i = 0; i < 3; i++) text = text "- {name: group_" i ", owner: {email: g" i "@shop.example}}\n"
  put("models/groups.yml", text)

  text = "sources:\n"
  for (i = 0; i < 8; i++) {
    text = text "- name: src" i "\n  config: {tags: [raw, s" i % 3 "]}\n  tables:\n"
    for (k = 0; k < 12; k++) {
      text = text "  - name: table_" k "\n"
      if (k % 5 == 0) text = text "    config: {tags: [fifth], meta: {owner: " person[k % 4] "}}\n"
      if (k % 4 == 0) text = text "    columns: [{name: id, data_tests: [not_null]}]\n"
    }
  }
  put("models/sources.yml", text)

  text = "exposures:\n"
  for (i = 0; i < 24; i++)
    text = text "- {name: report_" i ", type: " (i % 2 ? "dashboard" : "notebook") ", owner: {email: r@shop.example}, config: {tags: [e" i % 3 "]}, depends_on: [ref('" name_of(3, i * 9) "'), ref('" name_of(2, i * 5) "')]}\n"
  put("models/exposures.yml", text)

  for (i = 0; i < 20; i++) put("seeds/" (i % 2 ? "even" : "odd") "/seed_" sprintf("%02d", i) ".csv", "id\n" i "\n")
  put("seeds/seeds.yml", "seeds:\n- name: seed_03\n  config: {tags: [third]}\n  columns: [{name: id, data_tests: [unique]}]\n")
  for (i = 0; i < 30; i++)
    put("tests/" area[i % 6] "/check_" i ".sql", (i % 7 == 0 ? "{{ config(severity='warn', tags=['soft']) }}\n" : "") "select 1 from {{ ref('" name_of(3, i * 7) "') }}" (i % 2 ? " join {{ ref('" name_of(1, i * 9) "') }} using (id)" : "") " where false\n")
  for (i = 0; i < 5; i++) put("analyses/look_" i ".sql", "select * from {{ ref('" name_of(3, i) "') }}\n")

  put("dbt_packages/parts/dbt_project.yml", "name: parts\nprofile: shop\nversion: '1.0'\nmodels: {parts: {+tags: [from_package]}}\n")
  text = "models:\n"
  for (i = 0; i < 30; i++) {
    put("dbt_packages/parts/models/" (i % 3 ? "marts" : "staging") "/part_" sprintf("%02d", i) ".sql", i ? "select * from {{ ref('part_" sprintf("%02d", int(i / 2)) "') }}\n" : "select 1 as id\n")
    if (i % 4 == 0) text = text "- {name: part_" sprintf("%02d", i) ", columns: [{name: id, data_tests: [unique]}]}\n"
  }
  put("dbt_packages/parts/models/parts.yml", text)
  put("models/marts/core/with_parts.sql", "select * from {{ ref('part_29') }} join {{ ref('mart_007') }} using (id)\n")
  put("selectors.yml", "selectors:\n" \
    "- {name: nightly, definition: {union: [tag:nightly, {method: tag, value: Daily-Run, children: true, children_depth: 1}]}}\n" \
    "- {name: nightly_marts, definition: {intersection: [{method: selector, value: nightly}, {method: path, value: models/marts}]}}\n" \
    "- {name: everything_but_marts, definition: {union: [\"fqn:*\", {exclude: [marts, {method: resource_type, value: test}]}]}}\n" \
    "- {name: staging_family, definition: {method: fqn, value: staging.core, childrens_parents: true, exclude: [{method: selector, value: nightly}]}}\n" \
    "- {name: report_parents, definition: {method: exposure, value: \"report_1*\", parents: true, parents_depth: 2, indirect_selection: buildable}}\n")
}
