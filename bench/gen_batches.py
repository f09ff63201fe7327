#!/usr/bin/env python3
"""gen_batches.py FOLDER: a dbt project with one microbatch model of daily batches over 3.6 million events of a year."""
import pathlib
import sys

FILES = {
    "dbt_project.yml": "name: batches\nversion: '1.0'\nprofile: batches\n",
    "profiles.yml": "batches: {target: dev, outputs: {dev: {type: duckdb, path: generated.duckdb, threads: 1}}}\n",
    "models/events.sql": """{{ config(materialized='table', event_time='happened_at') }}
select
    i as id,
    timestamp '2025-01-01' + interval (i * 8.76) second as happened_at,
    i % 1000 as customer,
    i % 97 as amount
from range(3600000) as t (i)
""",
    "models/daily.sql": """{{ config(
    materialized='incremental', incremental_strategy='microbatch', event_time='day', begin='2025-01-01', batch_size='day'
) }}
select date_trunc('day', happened_at) as day, customer, count(*) as events, sum(amount) as amount
from {{ ref('events') }}
group by all
""",
}


def generate(folder):
    for name, text in FILES.items():
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    generate(sys.argv[1])
