#!/usr/bin/env python3
"""Orders of a shop as Parquet files, one folder a day, and its customers; the same bytes for the same arguments.

    gen_orders.py FOLDER DAYS ORDERS_PER_DAY            orders/dt=2025-01-01/…, customers.parquet
    gen_orders.py FOLDER --late DAY ROWS                a file more for that day (its number)
    gen_orders.py FOLDER --drop DAY                     the day is gone
    gen_orders.py FOLDER --restate SHARE                that share of the customers moves to another segment

Needs the duckdb module."""
import argparse
import datetime
import os
import pathlib
import shutil

import duckdb

FIRST = datetime.date(2025, 1, 1)
CUSTOMERS = 50_000


def day_folder(folder, day):
    return pathlib.Path(folder) / "orders" / f"dt={FIRST + datetime.timedelta(days=day)}"


def write_orders(connection, folder, day, rows, name, first_id):
    target = day_folder(folder, day)
    target.mkdir(parents=True, exist_ok=True)
    connection.execute(f"""
        copy (select {first_id} + i as order_id,
                     1 + (hash(i, {day}) % {CUSTOMERS})::integer as customer_id,
                     ['north', 'east', 'south', 'west'][1 + (hash(i, {day}, 1) % 4)::integer] as region,
                     ((hash(i, {day}, 2) % 100000) / 100.0)::decimal(10, 2) as amount,
                     (hash(i, {day}, 3) % 6)::integer as quantity,
                     timestamp '{FIRST}' + to_seconds({day} * 86400 + (hash(i, {day}, 4) % 86400)::bigint) as ordered_at
              from range({rows}) r(i)) to '{target / name}' (format parquet)""")


def write_customers(connection, folder, condition="false"):
    target = pathlib.Path(folder) / "customers.parquet"
    connection.execute(f"""
        copy (select i::integer as customer_id,
                     case when {condition} then 'moved' else 'segment ' || (hash(i) % 5) end as segment,
                     ['de', 'fr', 'it', 'es'][1 + (hash(i, 1) % 4)::integer] as country
              from range(1, {CUSTOMERS + 1}) r(i)) to '{target}.new' (format parquet)""")
    os.replace(f"{target}.new", target)


def generate(folder, days, orders):
    connection = duckdb.connect()
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    write_customers(connection, folder)
    for day in range(days):
        write_orders(connection, folder, day, orders, "orders.parquet", day * 10_000_000)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("days", type=int, nargs="?")
    parser.add_argument("orders", type=int, nargs="?")
    parser.add_argument("--late", type=int, nargs=2)
    parser.add_argument("--drop", type=int)
    parser.add_argument("--restate", type=float)
    options = parser.parse_args()
    if options.late:
        day, rows = options.late
        write_orders(duckdb.connect(), options.folder, day, rows, "late.parquet", 5_000_000_000 + day * 10_000_000)
    elif options.drop is not None:
        shutil.rmtree(day_folder(options.folder, options.drop))
    elif options.restate:
        write_customers(duckdb.connect(), options.folder, f"i % {round(1 / options.restate)} = 0")
    elif options.days and options.orders:
        generate(options.folder, options.days, options.orders)
    else:
        parser.error("say how many days and orders, or what is to change")


if __name__ == "__main__":
    main()
