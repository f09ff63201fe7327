{% set dt = modules.datetime %}
{% set day = dt.date(2026, 1, 31) %}
{% set moment = dt.datetime(2026, 2, 28, 23, 59, 1, 5) %}
select {{ quoted(day + dt.timedelta(days=1)) }} as next, {{ quoted(moment.isoformat()) }} as iso, {{ quoted(dt.datetime.strptime('2026-03-04', '%Y-%m-%d').date()) }} as parsed,
  {{ quoted(moment.strftime('%A %d %b %Y %H:%M:%S.%f %j')) }} as shown, {{ quoted((moment - dt.datetime(2026, 1, 1)).days) }} as days, {{ quoted(day.replace(day=1).weekday()) }} as weekday,
  {{ quoted(modules.pytz.timezone('UTC').localize(moment)) }} as zoned, {{ quoted(modules.re.sub('[aeiou]', '_', 'sluice runs')) }} as re, {{ quoted(modules.itertools.product([1, 2], 'ab') | list) }} as product
