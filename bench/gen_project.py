#!/usr/bin/env python3
"""Writes a dbt project of N models for measurements: bench/gen_project.py N FOLDER.

Five layers (10 % staging over sources, 25 %, 25 %, 20 % joins, 20 % marts). A model reads one to three models of the
layers below, mostly of the one right below. One property file per ten models with descriptions, columns and tests; loops,
variables, configs and macros in the templates. The same N gives the same bytes."""
import pathlib
import random
import shutil
import sys

LAYERS = [("staging", "stg", 0.10), ("base", "base", 0.25), ("joined", "join", 0.25), ("wide", "wide", 0.20), ("marts", "mart", 0.20)]
RAW_TABLES = 10
REGIONS = ["north", "east", "south", "west"]
MODELS_PER_PROPERTY_FILE = 10
MODELS_PER_FOLDER = 50

PROJECT = """\
name: generated
version: '1.0'
config-version: 2
profile: generated
model-paths: [models]
macro-paths: [macros]
flags: {send_anonymous_usage_stats: false}
vars: {smallest_amount: 0}
on-run-start: "{{ create_raw_tables() }}"
models:
  generated:
    +materialized: view
    staging: {+tags: [staging]}
    marts: {+tags: [marts]}
"""

PROFILES = """\
generated:
  target: dev
  outputs:
    dev: {type: duckdb, path: generated.duckdb, schema: main, threads: 2}
"""

MACROS = """\
{% macro in_currency(column_name, digits=2) -%}
  ({{ column_name }} / 100)::numeric(16, {{ digits }})
{%- endmacro %}

{% macro tidy_text(column_name) -%}
  nullif(trim(lower({{ column_name }})), '')
{%- endmacro %}

{% macro row_key(columns) -%}
  {%- set parts = [] -%}
  {%- for column in columns -%}
    {%- do parts.append("coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '')") -%}
    {%- if not loop.last %}{% do parts.append("'|'") %}{% endif -%}
  {%- endfor -%}
  {{ dbt.hash(dbt.concat(parts)) }}
{%- endmacro %}

{% macro sum_of(aliases, column_name) -%}
  {%- for alias in aliases %}coalesce({{ alias }}.{{ column_name }}, 0){{ ' + ' if not loop.last }}{% endfor -%}
{%- endmacro %}

{% macro create_raw_tables() %}
  create schema if not exists raw;
  {% for number in range(RAW_TABLES) %}
  create table if not exists raw.events_{{ number }} as
    select range::int as id, (range * 31 + {{ number }}) % 9973 as cents, ' Buyer ' || range as buyer,
           ['north', 'east', 'south', 'west'][1 + range % 4] as region,
           timestamp '2025-01-01' + interval (range) hour as happened_at
    from range(100);
  {% endfor %}
{% endmacro %}
""".replace("RAW_TABLES", str(RAW_TABLES))

STAGING = """\
with events as (
    select * from {{{{ source('raw', 'events_{number:05d}') }}}}
),
tidy as (
    select
        id,
        {{{{ row_key(['id', 'region']) }}}} as row_key,
        {{{{ in_currency('cents') }}}} as amount,
        {{{{ tidy_text('buyer') }}}} as buyer,
        region,
        happened_at
    from events
    where cents >= {{{{ var('smallest_amount') }}}}
)
select * from tidy
"""


def layer_names(count):
    """Model names per layer; the last layer takes what rounding leaves."""
    names, left = [], count
    for position, (_, prefix, share) in enumerate(LAYERS):
        size = left if position == len(LAYERS) - 1 else max(1, round(count * share))
        names.append([f"{prefix}_{number:05d}" for number in range(size)])
        left -= size
    return names


def choose_inputs(names, layer, chance):
    wanted = min(chance.choice([1, 1, 2, 2, 2, 3]), len(names[layer - 1]))
    chosen = []
    while len(chosen) < wanted:
        from_layer = layer - 1 if not chosen or chance.random() < 0.8 else chance.randrange(layer)
        candidate = chance.choice(names[from_layer])
        if candidate not in chosen:
            chosen.append(candidate)
    return chosen


def inputs_as_ctes(inputs, aliases):
    return ",\n".join(f"{alias} as (\n    select * from {{{{ ref('{name}') }}}}\n)" for alias, name in zip(aliases, inputs))


def middle_sql(inputs, number):
    aliases = ["a", "b", "c"][: len(inputs)]
    joins = "".join(f"left join {alias} on a.id = {alias}.id\n" for alias in aliases[1:])
    guard = "{% if target.name == 'prod' %}\nwhere a.happened_at < current_date\n{% endif %}\n" if number % 10 == 3 else ""
    return (
        f"with\n{inputs_as_ctes(inputs, aliases)}\n"
        f"select\n    a.id,\n    a.row_key,\n    {{{{ sum_of({aliases}, 'amount') }}}} as amount,\n    a.buyer,\n    a.region,\n"
        f"    {{{{ dbt.date_trunc('day', 'a.happened_at') }}}} as happened_at\nfrom a\n{joins}{guard}"
    )


def mart_sql(inputs):
    aliases = ["a", "b", "c"][: len(inputs)]
    union = "\n    union all\n".join(f"    select id, region, amount, happened_at from {alias}" for alias in aliases)
    return (
        "{{ config(tags=['mart']) }}\n"
        f"{{% set regions = {REGIONS} %}}\n"
        f"with\n{inputs_as_ctes(inputs, aliases)},\nall_rows as (\n{union}\n)\n"
        "select\n    id,\n"
        "    {% for region in regions -%}\n"
        "    sum(case when region = '{{ region }}' then amount else 0 end) as {{ region }}_amount,\n"
        "    {% endfor -%}\n"
        "    sum(amount) as amount,\n    min(happened_at) as first_at,\n    count(*) as num_rows\n"
        "from all_rows\ngroup by 1\n"
    )


def model_properties(name, layer, number, inputs):
    text = (
        f"  - name: {name}\n    description: >\n"
        f"      Model {name} of the layer {layer}. One row per id. Reads {', '.join(inputs) or 'raw events'}.\n"
        f"    columns:\n      - name: id\n        description: primary key of {name}\n        data_tests: [unique, not_null]\n"
    )
    if layer == "marts":
        for region in REGIONS:
            text += f"      - name: {region}_amount\n        description: amount of {region}\n"
        text += "      - name: amount\n        description: total amount\n"
        return text + ("        data_tests: [not_null]\n" if number % 2 == 0 else "")
    text += "      - name: row_key\n        description: key over id and region\n      - name: amount\n        description: amount\n"
    text += "      - name: region\n        description: region of the buyer\n"
    if number % 10 == 0:
        text += f"        data_tests:\n          - accepted_values:\n              arguments: {{values: [{', '.join(REGIONS)}]}}\n"
    return text + "      - name: buyer\n        description: name, tidy\n      - name: happened_at\n        description: day\n"


def write(root, path, text):
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


def write_sources(root, count):
    text = "version: 2\nsources:\n  - name: raw\n    schema: raw\n    tables:\n"
    for number in range(count):
        text += f"      - name: events_{number:05d}\n        identifier: events_{number % RAW_TABLES}\n        description: raw events {number}\n"
    write(root, "models/staging/_sources.yml", text)


def generate(count, folder):
    """Writes the project, replacing the folder."""
    root = pathlib.Path(folder)
    shutil.rmtree(root, ignore_errors=True)
    chance = random.Random(20250101)
    names = layer_names(count)
    write(root, "dbt_project.yml", PROJECT)
    write(root, "profiles.yml", PROFILES)
    write(root, "macros/shared.sql", MACROS)
    write_sources(root, len(names[0]))
    for position, (layer, _, _) in enumerate(LAYERS):
        properties = ""
        for number, name in enumerate(names[position]):
            inputs = choose_inputs(names, position, chance) if position else []
            if layer == "staging":
                sql = STAGING.format(number=number)
            else:
                sql = mart_sql(inputs) if layer == "marts" else middle_sql(inputs, number)
            write(root, f"models/{layer}/part_{number // MODELS_PER_FOLDER:03d}/{name}.sql", sql)
            properties += model_properties(name, layer, number, inputs)
            if (number + 1) % MODELS_PER_PROPERTY_FILE == 0 or number + 1 == len(names[position]):
                write(root, f"models/{layer}/_models_{number // MODELS_PER_PROPERTY_FILE:04d}.yml", "version: 2\nmodels:\n" + properties)
                properties = ""


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[1].isdigit() or int(sys.argv[1]) < 5:
        sys.exit("usage: gen_project.py N FOLDER   (N is 5 or more)")
    generate(int(sys.argv[1]), sys.argv[2])
