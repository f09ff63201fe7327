{%- set pattern = modules.re.compile('^([a-z]+)_(\\d+)$') -%}
{%- set found = pattern.match('order_42') -%}
{%- set utc = modules.pytz.timezone('UTC') -%}
{%- set moment = utc.localize(modules.datetime.datetime(2024, 3, 10, 12, 30)) -%}
{%- set eastern = moment.astimezone(modules.pytz.timezone('America/New_York')) -%}
{%- set pairs = modules.itertools.product(['a', 'b'], [1, 2]) | list -%}
select
    '{{ found.group(1) }}' as word,
    {{ found.group(2) | int }} as number,
    '{{ eastern.isoformat() }}' as moment,
    '{{ (moment + modules.datetime.timedelta(days=1)).strftime("%Y/%m/%d %H:%M") }}' as tomorrow,
    '{{ modules.re.sub("[^a-z]+", "-", "Some Text 99!" | lower) }}' as slug,
    '{{ pairs | string | replace("'", "") }}' as pairs_repr,
    {% for letter, digit in pairs %}'{{ letter ~ digit }}' as {{ letter }}{{ digit }}, {% endfor %}
    '{{ kit.flatten([1, [2, [3, 4]], 5]) | join(",") }}' as flat,
    {{ kit.factorial(6) }} as six,
    '{{ tojson({"b": [1, none, true], "a": {"x": 1.5}}, sort_keys=true) }}' as as_json,
    {{ fromyaml("{k: [1, 2, 3]}")["k"] | sum }} as from_yaml
