{#
  The data of the six-step scenario: 40 days of a small shop, 2026-01-01 to 2026-02-10, closed on 2026-01-28, and what
  arrives later. Everything is integer arithmetic on (day, order, line), so every engine and version writes the same rows.
#}

{# A number in [0, 1) for field `field` of the integer `key` (below 2^31): two rounds of a linear congruential generator. #}
{% macro draw(key, field) -%}
(((((({{ key }}) * 31 + {{ field }} * 7919) % 2147483648) * 1103515245 + 12345) % 2147483648 // 8 * 1103515245 + 54321)
 % 2147483648 / 2147483648.0)
{%- endmacro %}

{#
  Order lines of the days [first, last]. `stream` tells apart the files of one day: 0 as first written, 1 rewritten,
  2 late. `orders` is the number of orders of a day; none: 200 on weekdays, 80 on weekends, each give or take 20 %.
#}
{% macro order_lines(first, last, stream, orders=none) %}
with days as (
    select day::date as order_date, date_diff('day', date '2026-01-01', day::date) as day_number
    from generate_series(date '{{ first }}', date '{{ last }}', interval 1 day) as series(day)
    where day::date <> date '2026-01-28'
),
volumes as (
    select *, ({% if orders is none %}(case when isodow(order_date) >= 6 then 80 else 200 end) * (0.8 + 0.4 * {{ draw('day_number', 1) }}){% else %}{{ orders }}{% endif %})::bigint as num_orders
    from days
),
orders as (
    select *, (({{ stream }} * 100 + day_number) * 1000 + number) * 10 as key
    from (select order_date, day_number, unnest(range(num_orders)) as number from volumes)
),
lines as (
    select *, unnest(range((1 + floor(5 * {{ draw('key', 2) }} * {{ draw('key', 3) }}))::bigint)) as line
    from orders
),
products as (
    select *, (floor(1000 * {{ draw('key + line', 4) }}))::bigint as product_id,
        (1 + floor(4 * {{ draw('key + line', 5) }}))::bigint as quantity,
        round(5 + 200 * {{ draw('key + line', 6) }}, 2)::double as unit_price
    from lines
)
select
    'order-' || {{ stream }} || '-' || day_number || '-' || number as order_id,
    'buyer_' || (floor(300 * {{ draw('key', 7) }}))::bigint as buyer_id,
    order_date,
    order_date::timestamp + to_seconds((28800 + floor(50400 * {{ draw('key', 8) }}))::bigint) as order_timestamp,
    product_id,
    quantity,
    unit_price,
    round(quantity * unit_price, 2)::double as revenue,
    ['credit_card', 'debit_card', 'cash', 'paypal', 'apple_pay', 'google_pay'][(1 + floor(6 * {{ draw('key', 9) }}))::bigint] as payment_method,
    year(order_date) as year,
    month(order_date) as month,
    day(order_date) as date
from products
{% endmacro %}

{% macro write_orders(root, file, first, last, stream, orders=none) %}
  {% do run_query(
      "copy (" ~ order_lines(first, last, stream, orders) ~ ") to '" ~ root
      ~ "' (format parquet, partition_by (year, month, date), overwrite_or_ignore, filename_pattern '" ~ file ~ "_{i}')"
  ) %}
{% endmacro %}

{# run-operation: brings the files below `root` to what they are before the run of `step`. #}
{% macro prepare_step(root, step) %}
  {% if step == 's1_initial' %}
    {% do write_orders(root, 'store_transactions', '2026-01-01', '2026-02-10', 0) %}
  {% elif step == 's2_nothing_new' %}
  {% elif step == 's3_late_inside_window' %}
    {% do write_orders(root, 'store_transactions_late', '2026-02-04', '2026-02-04', 2, 30) %}
  {% elif step == 's4_late_before_window' %}
    {% do write_orders(root, 'store_transactions_late', '2026-01-10', '2026-01-10', 2, 30) %}
  {% elif step == 's5_partition_rewritten' %}
    {% do write_orders(root, 'store_transactions', '2026-02-06', '2026-02-06', 1) %}
  {% elif step == 's6_gap_before_window' %}
    {% do write_orders(root, 'store_transactions', '2026-02-11', '2026-02-12', 0) %}
  {% else %}
    {% do exceptions.raise_compiler_error("unknown step: " ~ step) %}
  {% endif %}
{% endmacro %}
