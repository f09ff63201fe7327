// modules.datetime, pytz, re and itertools; expected texts were computed by Jinja2 on Python 3.11.
#include "render_table.h"

namespace sluice::jinja {
namespace {

constexpr Rendering kDatetime[] = {
    {"{{ modules.datetime.datetime(2024,1,31) }}", "2024-01-31 00:00:00", ""},
    {"{{ modules.datetime.datetime(2024,1,31,1,2,3,4), [modules.datetime.datetime(2024,1,3"
     "1,1,2,3,4)] }}",
     "(datetime.datetime(2024, 1, 31, 1, 2, 3, 4), [datetime.datetime(2024, 1, 31, 1, 2, 3"
     ", 4)])",
     ""},
    {"{{ [modules.datetime.datetime(2024,1,31,1,2,3), modules.datetime.datetime(2024,1,31,"
     "1,2,0,5), modules.datetime.time(1,2), modules.datetime.time(1,2,3)] }}",
     "[datetime.datetime(2024, 1, 31, 1, 2, 3), datetime.datetime(2024, 1, 31, 1, 2, 0, 5)"
     ", datetime.time(1, 2), datetime.time(1, 2, 3)]",
     ""},
    {"{{ modules.datetime.datetime(2024,13,1) }}", "", "month must be in 1..12"},
    {"{{ modules.datetime.datetime(2024,2,30) }}", "", "day is out of range for month"},
    {"{{ modules.datetime.datetime(10000,1,1) }}", "", "year 10000 is out of range"},
    {"{{ modules.datetime.datetime(2024,1) }}", "",
     "function missing required argument 'day' (pos 3)"},
    {"{{ modules.datetime.datetime('a',1,1) }}", "",
     "'str' object cannot be interpreted as an integer"},
    {"{{ modules.datetime.datetime(2024,1,1,25) }}", "", "hour must be in 0..23"},
    {"{{ modules.datetime.datetime(2024,1,1,tzinfo=5) }}", "",
     "tzinfo argument must be None or of a tzinfo subclass, not type 'int'"},
    {"{{ modules.datetime.datetime(year=2024, month=5, day=6, hour=7).isoformat(timespec='"
     "minutes') }}",
     "2024-05-06T07:00", ""},
    {"{{ modules.datetime.datetime(2024,1,1,5,6,7,8).isoformat(' ', 'milliseconds') }}",
     "2024-01-01 05:06:07.000", ""},
    {"{{ modules.datetime.datetime(2024,2,29).replace(year=2023) }}", "",
     "day is out of range for month"},
    {"{{ modules.datetime.datetime(2024,2,29).replace(year=2020, hour=4) }}", "2020-02-29 04:00:00",
     ""},
    {"{{ modules.datetime.datetime(2024,12,30).isocalendar(), modules.datetime.date(2021,1"
     ",3).isocalendar()[1], modules.datetime.date(2021,1,3).isocalendar().week }}",
     "(datetime.IsoCalendarDate(year=2025, week=1, weekday=1), 53, 53)", ""},
    {"{{ modules.datetime.datetime(2024,2,29).strftime('%Y %y %m %d %H %I %p %M %S %f %j %"
     "U %W %V %G %u %w %a %A %b %B %c %x %X %D %F %T %R %r %e %k %l %P %C %g %h %n%t%% %s "
     "%z|%Z|%Q %-d %_d %-m %^a %E') }}",
     "2024 24 02 29 00 12 AM 00 00 000000 060 08 09 09 2024 4 4 Thu Thursday Feb February "
     "Thu Feb 29 00:00:00 2024 02/29/24 00:00:00 02/29/24 2024-02-29 00:00:00 00:00 12:00:"
     "00 AM 29  0 12 am 20 24 Feb \n\t% 1709164800 ||%Q 29 29 2 THU %E",
     ""},
    {"{{ modules.datetime.date(2024,12,29).strftime('%U %W %V %G %j %u %w') }}",
     "52 52 52 2024 364 7 0", ""},
    {"{{ modules.datetime.date(2021,1,3).strftime('%U %W %V %G %g') }}", "01 00 53 2020 20", ""},
    {"{{ modules.datetime.time(13,5).strftime('%I:%M %p') }}", "01:05 PM", ""},
    {"{{ modules.datetime.datetime(2024,1,1,tzinfo=modules.pytz.utc).strftime('%z %Z') }}",
     "+0000 UTC", ""},
    {"{{ modules.datetime.datetime(2024,1,1) - modules.datetime.datetime(2023,12,25,12), m"
     "odules.datetime.datetime(2024,1,1) + modules.datetime.timedelta(hours=36) }}",
     "(datetime.timedelta(days=6, seconds=43200), datetime.datetime(2024, 1, 2, 12, 0))", ""},
    {"{{ modules.datetime.datetime(2024,1,1) - modules.datetime.timedelta(1) }}",
     "2023-12-31 00:00:00", ""},
    {"{{ modules.datetime.timedelta(days=1) + modules.datetime.datetime(2024,1,1) }}",
     "2024-01-02 00:00:00", ""},
    {"{{ modules.datetime.date(2024,1,1) + modules.datetime.timedelta(days=31, hours=23), "
     "modules.datetime.date(2024,1,1) - modules.datetime.timedelta(hours=1) }}",
     "(datetime.date(2024, 2, 1), datetime.date(2024, 1, 1))", ""},
    {"{{ modules.datetime.datetime(2024,1,1) + 1 }}", "",
     "unsupported operand type(s) for +: 'datetime.datetime' and 'int'"},
    {"{{ modules.datetime.datetime(2024,1,1) - modules.datetime.date(2024,1,1) }}", "",
     "unsupported operand type(s) for -: 'datetime.datetime' and 'datetime.date'"},
    {"{{ modules.datetime.datetime(9999,12,31) + modules.datetime.timedelta(1) }}", "",
     "date value out of range"},
    {"{{ modules.datetime.datetime(2024,1,1) < modules.datetime.datetime(2024,1,2), module"
     "s.datetime.date(2024,1,1) == modules.datetime.date(2024,1,1), modules.datetime.date("
     "2024,1,1) == modules.datetime.datetime(2024,1,1) }}",
     "(True, True, False)", ""},
    {"{{ [modules.datetime.timedelta(-1,5,7), modules.datetime.timedelta(), modules.dateti"
     "me.timedelta(weeks=1, milliseconds=5)] }}",
     "[datetime.timedelta(days=-1, seconds=5, microseconds=7), datetime.timedelta(0), date"
     "time.timedelta(days=7, microseconds=5000)]",
     ""},
    {"{{ modules.datetime.timedelta(hours=1.5), modules.datetime.timedelta(days=-1), modul"
     "es.datetime.timedelta(days=2, seconds=5), modules.datetime.timedelta(microseconds=1)"
     " }}",
     "(datetime.timedelta(seconds=5400), datetime.timedelta(days=-1), datetime.timedelta(d"
     "ays=2, seconds=5), datetime.timedelta(microseconds=1))",
     ""},
    {"{{ modules.datetime.timedelta(1)/3, modules.datetime.timedelta(1)/modules.datetime.t"
     "imedelta(hours=5), modules.datetime.timedelta(1)//modules.datetime.timedelta(hours=5"
     "), modules.datetime.timedelta(1)%modules.datetime.timedelta(hours=5), modules.dateti"
     "me.timedelta(1)*1.5, 2*modules.datetime.timedelta(1), -modules.datetime.timedelta(1)"
     " }}",
     "(datetime.timedelta(seconds=28800), 4.8, 4, datetime.timedelta(seconds=14400), datet"
     "ime.timedelta(days=1, seconds=43200), datetime.timedelta(days=2), datetime.timedelta"
     "(days=-1))",
     ""},
    {"{{ modules.datetime.timedelta(1).days, modules.datetime.timedelta(-1,5).seconds, mod"
     "ules.datetime.timedelta(1.5).total_seconds() }}",
     "(1, 5, 129600.0)", ""},
    {"{{ modules.datetime.timedelta(days='a') }}", "",
     "unsupported type for timedelta days component: str"},
    {"{{ modules.datetime.datetime.strptime('2024-03-01 10:11:12.5','%Y-%m-%d %H:%M:%S.%f'"
     ") }}",
     "2024-03-01 10:11:12.500000", ""},
    {"{{ modules.datetime.datetime.strptime('Mar 5, 24 3:04 PM','%b %d, %y %I:%M %p') }}",
     "2024-03-05 15:04:00", ""},
    {"{{ modules.datetime.datetime.strptime('20240229','%Y%m%d'), modules.datetime.datetim"
     "e.strptime('2024229','%Y%m%d') }}",
     "(datetime.datetime(2024, 2, 29, 0, 0), datetime.datetime(2024, 2, 29, 0, 0))", ""},
    {"{{ modules.datetime.datetime.strptime('2024 60','%Y %j'), modules.datetime.datetime."
     "strptime('2024-W05-1','%G-W%V-%u'), modules.datetime.datetime.strptime('2024 10 1','"
     "%Y %U %w') }}",
     "(datetime.datetime(2024, 2, 29, 0, 0), datetime.datetime(2024, 1, 29, 0, 0), datetim"
     "e.datetime(2024, 3, 11, 0, 0))",
     ""},
    {"{{ modules.datetime.datetime.strptime('2024-01-01T00:00:00+0530','%Y-%m-%dT%H:%M:%S%"
     "z') }}",
     "2024-01-01 00:00:00+05:30", ""},
    {"{{ modules.datetime.datetime.strptime('2024-01-01 5','%Y-%m-%d') }}", "",
     "unconverted data remains:  5"},
    {"{{ modules.datetime.datetime.strptime('2024-01','%Y-%m-%d') }}", "",
     "time data '2024-01' does not match format '%Y-%m-%d'"},
    {"{{ modules.datetime.datetime.strptime('2024','%q') }}", "",
     "'q' is a bad directive in format '%q'"},
    {"{{ modules.datetime.datetime.strptime('2024-02-30','%Y-%m-%d') }}", "",
     "day is out of range for month"},
    {"{{ modules.datetime.datetime.strptime('31.12.1999','%d.%m.%Y').date().isoformat() }}",
     "1999-12-31", ""},
    {"{{ modules.datetime.date.fromisoformat('2024-02-29'), modules.datetime.date.fromisof"
     "ormat('20240229'), modules.datetime.datetime.fromisoformat('2024-01-01T10:00:00.123+"
     "05:30'), modules.datetime.datetime.fromisoformat('20240101T100000Z'), modules.dateti"
     "me.datetime.fromisoformat('2024-W01-2'), modules.datetime.datetime.fromisoformat('20"
     "24-01-01 10:00') }}",
     "(datetime.date(2024, 2, 29), datetime.date(2024, 2, 29), datetime.datetime(2024, 1, "
     "1, 10, 0, 0, 123000, tzinfo=datetime.timezone(datetime.timedelta(seconds=19800))), d"
     "atetime.datetime(2024, 1, 1, 10, 0, tzinfo=datetime.timezone.utc), datetime.datetime"
     "(2024, 1, 2, 0, 0), datetime.datetime(2024, 1, 1, 10, 0))",
     ""},
    {"{{ modules.datetime.date.fromisoformat('x') }}", "", "Invalid isoformat string: 'x'"},
    {"{{ modules.datetime.datetime.fromisoformat('2024-01-01T25:00') }}", "",
     "hour must be in 0..23"},
    {"{{ modules.datetime.time.fromisoformat('04:23:01.5') }}", "04:23:01.500000", ""},
    {"{{ modules.datetime.datetime.combine(modules.datetime.date(2024,1,1), modules.dateti"
     "me.time(5,6)) }}",
     "2024-01-01 05:06:00", ""},
    {"{{ modules.datetime.datetime(2024,1,1).date(), modules.datetime.datetime(2024,1,1,5,"
     "6).time(), modules.datetime.datetime(2024,1,1).weekday(), modules.datetime.date(2024"
     ",1,1).toordinal(), modules.datetime.date.fromordinal(738886), modules.datetime.datet"
     "ime(2024,1,1,5).ctime() }}",
     "(datetime.date(2024, 1, 1), datetime.time(5, 6), 0, 738886, datetime.date(2024, 1, 1"
     "), 'Mon Jan  1 05:00:00 2024')",
     ""},
    {"{{ modules.datetime.datetime.utcfromtimestamp(1700000000), modules.datetime.datetime"
     ".fromtimestamp(1700000000.5, modules.pytz.utc), modules.datetime.datetime(2024,1,1,t"
     "zinfo=modules.pytz.utc).timestamp() }}",
     "(datetime.datetime(2023, 11, 14, 22, 13, 20), datetime.datetime(2023, 11, 14, 22, 13"
     ", 20, 500000, tzinfo=<UTC>), 1704067200.0)",
     ""},
    {"{{ modules.datetime.datetime.min, modules.datetime.datetime.max, modules.datetime.da"
     "te.max, modules.datetime.timedelta.resolution }}",
     "(datetime.datetime(1, 1, 1, 0, 0), datetime.datetime(9999, 12, 31, 23, 59, 59, 99999"
     "9), datetime.date(9999, 12, 31), datetime.timedelta(microseconds=1))",
     ""},
    {"{{ modules.datetime.datetime, modules.datetime.date, modules.datetime.timedelta }}",
     "(<class 'datetime.datetime'>, <class 'datetime.date'>, <class 'datetime.timedelta'>)", ""},
    {"{{ modules.datetime.datetime(2024,1,1).foo() }}", "",
     "'datetime.datetime object' has no attribute 'foo'"},
    {"{{ modules.datetime.datetime(2024,1,1).tzinfo, modules.datetime.datetime(2024,1,1).u"
     "tcoffset(), modules.datetime.datetime(2024,1,1).year }}",
     "(None, None, 2024)", ""},
    {"{{ modules.datetime.date(2024,1,1) in [modules.datetime.date(2024,1,1)], {modules.da"
     "tetime.date(2024,1,1): 5}[modules.datetime.date(2024,1,1)] }}",
     "(True, 5)", ""},
    {"{{ [modules.datetime.date(2024,2,1), modules.datetime.date(2024,1,1)]|sort|first }}",
     "2024-01-01", ""},
    {"{{ modules.datetime.timezone }}", "", ""},
    {"{{ modules.datetime.datetime.fromisocalendar(2024, 10, 3) }}", "2024-03-06 00:00:00", ""},
};

TEST(Modules, Datetime) { expect_renderings(kDatetime); }

constexpr Rendering kPytz[] = {
    {"{{ modules.pytz.timezone('US/Eastern'), [modules.pytz.timezone('US/Eastern')], [modu"
     "les.pytz.utc], [modules.pytz.timezone('Etc/GMT+5')], modules.pytz.timezone('utc') }}",
     "(<DstTzInfo 'US/Eastern' LMT-1 day, 19:04:00 STD>, [<DstTzInfo 'US/Eastern' LMT-1 da"
     "y, 19:04:00 STD>], [<UTC>], [<StaticTzInfo 'Etc/GMT+5'>], <UTC>)",
     ""},
    {"{{ modules.pytz.timezone('US/Eastern').localize(modules.datetime.datetime(2024,7,1))"
     ", [modules.pytz.timezone('US/Eastern').localize(modules.datetime.datetime(2024,7,1))"
     "] }}",
     "(datetime.datetime(2024, 7, 1, 0, 0, tzinfo=<DstTzInfo 'US/Eastern' EDT-1 day, 20:00"
     ":00 DST>), [datetime.datetime(2024, 7, 1, 0, 0, tzinfo=<DstTzInfo 'US/Eastern' EDT-1"
     " day, 20:00:00 DST>)])",
     ""},
    {"{{ modules.pytz.timezone('US/Eastern').localize(modules.datetime.datetime(2024,3,10,"
     "2,30)), modules.pytz.timezone('US/Eastern').localize(modules.datetime.datetime(2024,"
     "3,10,2,30), is_dst=true) }}",
     "(datetime.datetime(2024, 3, 10, 2, 30, tzinfo=<DstTzInfo 'US/Eastern' EST-1 day, 19:"
     "00:00 STD>), datetime.datetime(2024, 3, 10, 2, 30, tzinfo=<DstTzInfo 'US/Eastern' ED"
     "T-1 day, 20:00:00 DST>))",
     ""},
    {"{{ modules.pytz.timezone('US/Eastern').localize(modules.datetime.datetime(2024,11,3,"
     "1,30)), modules.pytz.timezone('US/Eastern').localize(modules.datetime.datetime(2024,"
     "11,3,1,30), is_dst=true) }}",
     "(datetime.datetime(2024, 11, 3, 1, 30, tzinfo=<DstTzInfo 'US/Eastern' EST-1 day, 19:"
     "00:00 STD>), datetime.datetime(2024, 11, 3, 1, 30, tzinfo=<DstTzInfo 'US/Eastern' ED"
     "T-1 day, 20:00:00 DST>))",
     ""},
    {"{{ modules.datetime.datetime(2024,7,1,tzinfo=modules.pytz.utc).astimezone(modules.py"
     "tz.timezone('Asia/Kolkata')), modules.datetime.datetime(2024,7,1,tzinfo=modules.pytz"
     ".timezone('US/Eastern')) }}",
     "(datetime.datetime(2024, 7, 1, 5, 30, tzinfo=<DstTzInfo 'Asia/Kolkata' IST+5:30:00 S"
     "TD>), datetime.datetime(2024, 7, 1, 0, 0, tzinfo=<DstTzInfo 'US/Eastern' LMT-1 day, "
     "19:04:00 STD>))",
     ""},
    {"{{ modules.pytz.timezone('US/Eastern').normalize(modules.datetime.datetime(2024,7,1,"
     "tzinfo=modules.pytz.timezone('US/Eastern'))) }}",
     "2024-07-01 00:56:00-04:00", ""},
    {"{{ modules.pytz.utc.localize(modules.datetime.datetime(2024,7,1)), modules.pytz.utc."
     "localize(modules.datetime.datetime(2024,7,1)).astimezone(modules.pytz.timezone('Amer"
     "ica/New_York')).strftime('%Y-%m-%d %H:%M %Z %z') }}",
     "(datetime.datetime(2024, 7, 1, 0, 0, tzinfo=<UTC>), '2024-06-30 20:00 EDT -0400')", ""},
    {"{{ modules.pytz.timezone('Europe/London').localize(modules.datetime.datetime(2024,7,"
     "1)).utcoffset(), modules.pytz.timezone('Europe/London').localize(modules.datetime.da"
     "tetime(2024,7,1)).dst(), modules.pytz.timezone('Europe/London').localize(modules.dat"
     "etime.datetime(2024,1,1)).tzname() }}",
     "(datetime.timedelta(seconds=3600), datetime.timedelta(seconds=3600), 'GMT')", ""},
    {"{{ modules.pytz.timezone('US/Eastern').localize(modules.pytz.utc.localize(modules.da"
     "tetime.datetime(2024,1,1))) }}",
     "", "Not naive datetime (tzinfo is already set)"},
    {"{{ modules.pytz.timezone('america/new_york'), modules.pytz.timezone('US/Eastern').zo"
     "ne, modules.pytz.UTC }}",
     "(<DstTzInfo 'America/New_York' LMT-1 day, 19:04:00 STD>, 'US/Eastern', Undefined)", ""},
    {"{{ modules.pytz.timezone('Australia/Lord_Howe').localize(modules.datetime.datetime(2"
     "024,1,1)), modules.pytz.timezone('Europe/Dublin').localize(modules.datetime.datetime"
     "(2024,7,1)).dst() }}",
     "(datetime.datetime(2024, 1, 1, 0, 0, tzinfo=<DstTzInfo 'Australia/Lord_Howe' +11+11:"
     "00:00 DST>), datetime.timedelta(0))",
     ""},
    {"{{ modules.datetime.datetime(2024,1,1) - modules.pytz.utc.localize(modules.datetime."
     "datetime(2024,1,1)) }}",
     "", "can't subtract offset-naive and offset-aware datetimes"},
    {"{{ modules.pytz.FixedOffset(90) }}", "pytz.FixedOffset(90)", ""},
};

TEST(Modules, Pytz) { expect_renderings(kPytz); }

constexpr Rendering kRe[] = {
    {"{{ modules.re.findall('a*', 'baac'), modules.re.sub('x*', '-', 'abxd'), modules.re.s"
     "plit('x*', 'axbc'), modules.re.split('(,)', 'a,b,c'), modules.re.split(',', 'a,b,c',"
     " 1) }}",
     "(['', 'aa', '', ''], '-a-b--d-', ['', 'a', '', 'b', 'c', ''], ['a', ',', 'b', ',', '"
     "c'], ['a', 'b,c'])",
     ""},
    {"{{ modules.re.search('(?P<y>\\\\d{4})-(?P<m>\\\\d\\\\d)', 'on 2024-05-06').groupdict"
     "(), modules.re.search('(\\\\d+)-(\\\\d+)?', 'a 12-').groups(), modules.re.search('(\\"
     "\\d+)-(\\\\d+)?', 'a 12-').groups('x') }}",
     "({'y': '2024', 'm': '05'}, ('12', None), ('12', 'x'))", ""},
    {"{{ modules.re.search('b', 'abc').span(), modules.re.search('\303\251', 'a\303\251c')"
     ".start(), modules.re.match('(a)(?:b)', 'ab'), modules.re.search('(a)|(b)', 'b').last"
     "index }}",
     "((1, 2), 1, <re.Match object; span=(0, 2), match='ab'>, 2)", ""},
    {"{{ modules.re.sub('(?P<w>\\\\w+)', '<\\\\g<w>>', 'ab cd'), modules.re.sub('(a)', '\\"
     "\\g<1>0\\\\n', 'a'), modules.re.sub('a', '\\\\\\\\', 'a'), modules.re.subn('a', 'b',"
     " 'aaa', count=2) }}",
     "('<ab> <cd>', 'a0\\n', '\\\\', ('bba', 2))", ""},
    {"{{ modules.re.sub('a', '\\\\2', 'a') }}", "", "invalid group reference 2 at position 1"},
    {"{{ modules.re.sub('a', '\\\\q', 'a') }}", "", "bad escape \\q at position 0"},
    {"{{ modules.re.findall('(a)(b)?', 'aab'), modules.re.findall('\\\\w+', '\303\251 \303"
     "\240'), modules.re.findall('(?i)AB', 'abAb'), modules.re.findall('^a', 'a\\na', modu"
     "les.re.M), modules.re.findall('a.b', 'a\\nb', modules.re.S) }}",
     "([('a', ''), ('a', 'b')], ['\303\251', '\303\240'], ['ab', 'Ab'], ['a', 'a'], ['a\\n"
     "b'])",
     ""},
    {"{{ modules.re.fullmatch('a+', 'aaa'), modules.re.fullmatch('a+', 'aab'), modules.re."
     "match('a\\\\Z', 'a\\n'), modules.re.match('a$', 'a\\n') }}",
     "(<re.Match object; span=(0, 3), match='aaa'>, None, None, <re.Match object; span=(0,"
     " 1), match='a'>)",
     ""},
    {"{{ modules.re.escape('a.b*c-d e_\303\251/'), modules.re.findall('[\\\\u00e9[]', '\303"
     "\251['), modules.re.findall('x{,2}', 'xxx') }}",
     "('a\\\\.b\\\\*c\\\\-d\\\\ e_\303\251/', ['\303\251', '['], ['xx', 'x', ''])", ""},
    {"{{ modules.re.match('a', none) }}", "",
     "expected string or bytes-like object, got 'NoneType'"},
    {"{{ modules.re.match('a', 5) }}", "", "expected string or bytes-like object, got 'int'"},
    {"{% for m in modules.re.finditer('\\\\d', 'a1b2') %}{{ m.group() }}{{ m.start() }};{%"
     " endfor %}",
     "11;23;", ""},
    {"{{ modules.re.match('(a)', 'a').group(2) }}", "", "no such group"},
    {"{{ modules.re.match('(a)(b)', 'ab').group(1, 2), modules.re.match('(a)(b)', 'ab')[2]"
     ", modules.re.match('(?P<x>a)', 'a')['x'], modules.re.match('(a)', 'a').expand('[\\\\"
     "1]'), modules.re.match('a', 'ab').string, modules.re.match('a','ab').end() }}",
     "(('a', 'b'), 'b', 'a', '[a]', 'ab', 1)", ""},
    {"{{ modules.re.compile('b').search('abcb', 2).span(), modules.re.compile('b').findall"
     "('bab', 1), modules.re.compile('b').match('ab', pos=1) }}",
     "((3, 4), ['b'], <re.Match object; span=(1, 2), match='b'>)", ""},
};

TEST(Modules, Re) { expect_renderings(kRe); }

constexpr Rendering kItertools[] = {
    {"{{ modules.itertools.product('ab', repeat=2)|list, modules.itertools.product([1,2],["
     "'a','b'])|list, modules.itertools.product()|list }}",
     "([('a', 'a'), ('a', 'b'), ('b', 'a'), ('b', 'b')], [(1, 'a'), (1, 'b'), (2, 'a'), (2"
     ", 'b')], [()])",
     ""},
    {"{{ modules.itertools.permutations([1,2,3],2)|list, modules.itertools.permutations([1"
     ",2,3])|list, modules.itertools.permutations([1],2)|list }}",
     "([(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2)], [(1, 2, 3), (1, 3, 2), (2, 1, 3),"
     " (2, 3, 1), (3, 1, 2), (3, 2, 1)], [])",
     ""},
    {"{{ modules.itertools.combinations([1,2,3],2)|list, modules.itertools.combinations([1"
     "],2)|list, modules.itertools.combinations_with_replacement('ab',2)|list, modules.ite"
     "rtools.combinations([1,2,3],0)|list }}",
     "([(1, 2), (1, 3), (2, 3)], [], [('a', 'a'), ('a', 'b'), ('b', 'b')], [()])", ""},
    {"{{ modules.itertools.chain([1],'ab',{'k':1})|list, modules.itertools.chain.from_iter"
     "able([[1],[2]])|list, modules.itertools.accumulate([1,2,3], initial=10)|list }}",
     "([1, 'a', 'b', 'k'], [1, 2], [10, 11, 13, 16])", ""},
    {"{{ modules.itertools.islice(modules.itertools.count(5,2), 3)|list, modules.itertools"
     ".islice([1,2,3,4],1,none,2)|list, modules.itertools.islice(modules.itertools.cycle('"
     "ab'), 5)|list, modules.itertools.repeat('x',3)|list }}",
     "([5, 7, 9], [2, 4], ['a', 'b', 'a', 'b', 'a'], ['x', 'x', 'x'])", ""},
    {"{{ modules.itertools.zip_longest([1,2],[3], fillvalue='-')|list, modules.itertools.c"
     "ompress('abc',[1,0,1])|list, modules.itertools.starmap(modules.datetime.date, [(2024"
     ",1,2)])|list }}",
     "([(1, 3), (2, '-')], ['a', 'c'], [datetime.date(2024, 1, 2)])", ""},
    {"{% set it = modules.itertools.chain([1,2]) %}{{ it|list }}{{ it|list }}", "[1, 2][]", ""},
    {"{{ modules.itertools.combinations([1,2]) }}", "",
     "combinations() missing required argument 'r' (pos 2)"},
};

TEST(Modules, Itertools) { expect_renderings(kItertools); }

}  // namespace
}  // namespace sluice::jinja
