#include "focused_query.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::incremental_test {
namespace {

struct Shape {
  const char* types;  // of c0, c1, …: D(ate), I(nteger), N (decimal), T(ext)
  const char* sql;    // {a~b~c}: one of them
};

constexpr Shape kShapes[] = {
    // Windows along the partitions.
    {"DI",
     "select {date_trunc('month', w.dt)::date~w.dt + 1~w.dt - 2~coalesce(w.dt, date '2024-02-26')} "
     "as c0, w.x as c1 from (select dt, CAST(sum(n) over (order by dt {~range between interval 1 "
     "day preceding and current row}) AS BIGINT) as x from src_events) w"},
    {"DII",
     "select dt as c0, id as c1, CAST(sum(id) over (order by dt {~nulls first~desc~desc nulls "
     "first} {~range between interval 1 day preceding and current row~range between current row "
     "and interval 2 days following~range between current row and unbounded following~range "
     "between unbounded preceding and unbounded following~range between interval 1 month "
     "preceding and current row~range between interval 1 month preceding and interval 1 day "
     "preceding~range between current row and interval 1 month following}) AS BIGINT) as c2 from "
     "src_orders"},
    {"DN",
     "select dt as c0, CAST(sum(s) over (order by dt {~nulls first~range between interval 1 month "
     "preceding and current row~range between interval 2 days preceding and current row~range "
     "between current row and unbounded following}) AS DECIMAL(18,2)) as c1 from (select dt, "
     "CAST(sum(amount) AS DECIMAL(18,2)) as s from src_orders group by dt) daily"},
    {"DN",
     "select dt as c0, CAST(sum(s) over (order by dt rows between {1 preceding and current "
     "row~current row and 1 following~2 preceding and 1 preceding}) AS DECIMAL(18,2)) as c1 from "
     "(select dt, CAST(sum(amount) AS DECIMAL(18,2)) as s from src_orders group by dt) daily"},
    {"DII",
     "select dt as c0, id as c1, CAST({sum(id) over (w rows between current row and 1 "
     "following)~sum(id) over (w rows between 2 preceding and current row)~lag(id, -1) over "
     "w~lag(id, 1) over w~lead(id) over w~ntile(3) over w~1000 * cume_dist() over w~1000 * "
     "percent_rank() over w~row_number() over w~first_value(id) over (w rows between 1 preceding "
     "and current row)} AS BIGINT) as c2 from src_orders window w as (order by dt {~desc~nulls "
     "first}, id, customer, amount, kind, due)"},
    {"DI",
     "select dt as c0, CAST(sum(x) over (order by dt range between interval {1 day~2 days} "
     "preceding and current row) AS BIGINT) as c1 from (select dt, CAST(sum(n) over (order by dt "
     "range between interval {1 day~2 days} preceding and current row) AS BIGINT) as x from "
     "src_events) w"},
    {"DDII",
     "select dt as c0, date_trunc('month', dt)::date as c1, CAST(sum(id) over (partition by "
     "date_trunc('month', dt)::date) AS BIGINT) as c2, CAST(sum(id) over (partition by "
     "{customer~kind~due~date_trunc('month', dt)::date, kind}) AS BIGINT) as c3 from src_orders"},
    {"DII",
     "select dt as c0, id as c1, CAST(sum(id) over (partition by {dt~customer~due} order by "
     "{due~dt}) AS BIGINT) as c2 from src_orders"},
    // Joins of the facts.
    {"DDI",
     "select a.dt as c0, b.dt as c1, b.n as c2 from src_orders a {join~left join~right join~full "
     "join} src_events b on a.dt {~+ 1~- 1~+ 2} = b.dt{~ and a.customer = b.customer}"},
    {"DDI",
     "select a.dt as c0, b.dt as c1, b.n as c2 from src_orders a, src_events b where {a.dt + 1 = "
     "b.dt~a.dt = b.dt - 2~a.dt = b.dt or a.customer = b.customer~(a.dt = b.dt or a.id < 5) and "
     "b.n < 20~a.dt <= b.dt and a.customer = b.customer~a.dt <> b.dt and a.customer = b.customer}"},
    {"DDII",
     "select a.dt as c0, b.dt as c1, b.n as c2, a.id as c3 from src_orders a {left join~right "
     "join~full join~join} src_events b on a.customer = b.customer{~ and a.dt is not distinct from "
     "b.dt~ and a.due = b.dt}"},
    {"DI",
     "select o.dt as c0, o.id as c1 from src_orders o where o.dt {in~not in~not in} (select e.dt "
     "from src_events e where e.n > {0~5~20})"},
    {"DI",
     "select o.dt as c0, o.id as c1 from src_orders o where {exists~not exists} (select * from "
     "src_events e where e.dt {=~is not distinct from} o.dt and e.n > {3~20})"},
    {"DIDI",
     "select x.dt as c0, x.id as c1, y.dt as c2, y.id as c3 from src_orders x {left join~join} "
     "src_orders y on x.dt = y.dt {+ 1~+ 2~- 1} and {x.customer = y.customer~x.id % 2 = y.id % 2}"},
    {"DIN",
     "select a.dt as c0, a.n as c1, b.s as c2 from (select dt, CAST(sum(n) AS BIGINT) as n from "
     "src_events group by dt) a join (select dt, CAST(sum(amount) AS DECIMAL(18,2)) as s from "
     "src_orders group by dt) b on a.dt = b.dt"},
    {"DIN",
     "select coalesce(a.dt, b.dt) as c0, a.n as c1, b.s as c2 from (select dt, CAST(sum(n) AS "
     "BIGINT) as n from src_events group by dt) a full join (select dt, CAST(sum(amount) AS "
     "DECIMAL(18,2)) as s from src_orders group by dt) b on a.dt {=~is not distinct from} b.dt"},
    {"DI", "select dt as c0, id as c1 from src_orders union all select dt, n from src_events"},
    {"DI",
     "select dt as c0, n as c1 from src_events {union~except~intersect} select {due~dt}, id % "
     "7 from src_orders"},
    {"DII",
     "select dt as c0, id as c1, customer as c2 from src_orders order by {dt~id~customer}, dt, id, "
     "customer, amount, kind, due limit {1~3~5}"},
    // The dimension.
    {"DIT",
     "select o.dt as c0, o.id as c1, c.segment as c2 from src_orders o {join~left join} "
     "src_customers c on o.customer {=~is not distinct from} c.id"},
    {"DTI",
     "select o.dt as c0, c.segment as c1, count(*) as c2 from src_orders o join src_customers c on "
     "o.customer = c.id group by all"},
    {"DI",
     "select o.dt as c0, o.id as c1 from src_orders o where o.customer {in~not in} (select c.id "
     "from src_customers c where c.segment {= 'x'~<> 'y'})"},
    {"TIN",
     "select c.segment as c0, count(*) as c1, CAST(sum(o.amount) AS DECIMAL(18,2)) as c2, "
     "avg(o.amount) as mean from src_orders o {join~left join} src_customers c on o.customer = "
     "c.id group by 1"},
    // What is merged by partition.
    {"IIINN",
     "select customer as c0, count(*){~ filter (where id % 2 = 0)} as c1, CAST(sum(id) AS BIGINT) "
     "as c2, min(amount) as c3, max(amount) as c4, avg(amount) as mean, avg(id){~ filter (where "
     "kind = 'a')} as ids from src_orders group by 1{~ having count(*) > 2~ having min(amount) > "
     "3}"},
    {"TII",
     "select kind as c0, count(distinct customer){~ filter (where id % 2 = 0)} as c1, "
     "count(distinct "
     "due) as c2, sum(distinct amount) as s, avg(customer) as mean, avg(distinct customer) as each "
     "from src_orders group by 1"},
    {"INI",
     "select count(*) as c0, CAST(sum(amount) AS DECIMAL(18,2)) as c1, count(distinct kind) as c2, "
     "avg(customer) as mean, min(due) as first from src_orders where {id < 0~id % 2 = 0~amount > "
     "10}"},
    {"ITI",
     "select customer as c0, kind as c1, count(*) as c2, max(id) as m, grouping(kind) as g from "
     "src_orders group by {rollup~cube} (customer, kind)"},
    {"IT", "select distinct customer as c0, kind as c1 from src_{orders~events}"},
    {"DII",
     "select dt as c0, CAST(sum(id) AS BIGINT) as c1, (select CAST(sum(id) AS BIGINT) from "
     "src_orders) as c2 from src_orders group by dt"},
    {"II",
     "with daily as (select dt, count(distinct customer) as n from src_orders group by dt) select "
     "isodow(dt) as c0, max(n) as c1 from daily group by 1"},
    {"IN",
     "select customer as c0, CAST(sum(amount) AS DECIMAL(18,2)) as c1 from src_orders group by 1 "
     "order by 2 desc nulls last, 1 limit {1~3}"},
    {"II",
     "select customer as c0, CAST(sum(n) AS BIGINT) as c1 from (select customer, id as n from "
     "src_orders union all select customer, n from src_events) both_of group by 1"},
    // Subqueries.
    {"IT",
     "select c.id as c0, c.segment as c1 from src_customers c where {exists~not exists} (select * "
     "from src_orders o where o.customer = c.id{~ and o.id % 2 = 0~ and o.amount > 20})"},
    {"III",
     "select c.id as c0, (select count(*) from src_orders o where o.customer = c.id) as c1, "
     "(select "
     "max(n) from src_events e where e.customer = c.id{~ and e.n < 9}) as c2, (select avg(amount) "
     "from src_orders o where o.customer = c.id) as mean from src_customers c"},
    {"TI",
     "select o.kind as c0, count(*) as c1 from src_orders o where o.id % 2 = 0 and {exists~not "
     "exists} (select * from src_events e where e.customer = o.customer and e.n > 5) group by 1"},
    {"IT",
     "select c.id as c0, c.segment as c1, c.id in (select o.customer from src_orders o where "
     "o.amount > {5~30}) as is_in from src_customers c where c.id {in~not in} (select e.customer "
     "from src_events e where e.n > {3~9})"},
    {"IN",
     "select o.id as c0, o.amount as c1 from src_orders o where o.kind = 'a' and o.amount > "
     "(select "
     "avg(x.amount) from src_orders x where x.customer = o.customer)"},
    // Keys of ordinary columns.
    {"IIT",
     "select customer as c0, count(distinct kind) as c1, {string_agg(kind, ',' order by kind)~max("
     "kind)} as c2, median({id~amount}) as m from src_orders group by 1"},
    {"III",
     "select customer as c0, id as c1, row_number() over (partition by customer order by id, dt, "
     "amount, kind, due) as c2 from src_orders"},
    {"IIT",
     "select o.customer as c0, CAST(median(o.id) AS BIGINT) as c1, max(c.segment) as c2 from "
     "src_orders o left join src_customers c on o.customer = c.id group by 1"},
    {"III",
     "select o.customer as c0, CAST(median(o.id) AS BIGINT) as c1, CAST(max(e.n) AS BIGINT) as c2 "
     "from src_orders o {join~left join} src_events e on o.customer = e.customer group by 1"},
    {"DI",
     "select due as c0, CAST(sum(id) over (order by due {~range between interval 2 days preceding "
     "and current row}) AS BIGINT) as c1 from src_orders"},
    {"DI", "select due as c0, CAST(median(id) AS BIGINT) as c1 from src_orders group by 1"}};

std::string chosen(std::string_view text, std::mt19937_64& random) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t open = text.find('{', at);
    out += text.substr(at, open - at);
    if (open == std::string_view::npos) break;
    const size_t close = text.find('}', open);
    std::vector<std::string_view> words;
    for (size_t begin = open + 1; begin <= close;) {
      const size_t end = std::min(text.find('~', begin), close);
      words.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    out += words[random() % words.size()];
    at = close + 1;
  }
  return out;
}

ColumnType type_of(char letter) {
  switch (letter) {
    case 'D':
      return ColumnType::kDate;
    case 'N':
      return ColumnType::kDecimal;
    case 'T':
      return ColumnType::kText;
    default:
      return ColumnType::kInteger;
  }
}

}  // namespace

Query focused_query(std::mt19937_64& random, const std::string& focus) {
  std::vector<const Shape*> wanted;
  for (const Shape& shape : kShapes)
    if (std::string_view(shape.sql).find(focus) != std::string_view::npos) wanted.push_back(&shape);
  const Shape& shape = wanted.empty() ? kShapes[0] : *wanted[random() % wanted.size()];
  Query out;
  out.sql = chosen(shape.sql, random);
  for (const char letter : std::string_view(shape.types))
    out.columns.push_back({"c" + std::to_string(out.columns.size()), type_of(letter)});
  return out;
}

}  // namespace sluice::incremental_test
