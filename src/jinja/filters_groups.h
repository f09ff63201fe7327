// The filter functions, by file; filters.cc has the table of names.
#pragma once

#include "jinja/value.h"

namespace sluice::jinja::filters {

#define SLUICE_FILTER(name) \
  Result<Value> name(Interpreter& interpreter, const Value& self, const CallArgs& args)

// Text.
SLUICE_FILTER(upper);
SLUICE_FILTER(lower);
SLUICE_FILTER(capitalize);
SLUICE_FILTER(title);
SLUICE_FILTER(center);
SLUICE_FILTER(trim);
SLUICE_FILTER(replace);
SLUICE_FILTER(indent);
SLUICE_FILTER(truncate);
SLUICE_FILTER(wordwrap);
SLUICE_FILTER(wordcount);
SLUICE_FILTER(format);
SLUICE_FILTER(string);
// Markup.
SLUICE_FILTER(escape);
SLUICE_FILTER(forceescape);
SLUICE_FILTER(safe);
SLUICE_FILTER(striptags);
SLUICE_FILTER(urlencode);
SLUICE_FILTER(urlize);
SLUICE_FILTER(xmlattr);
SLUICE_FILTER(tojson);
// Numbers and single values.
SLUICE_FILTER(abs);
SLUICE_FILTER(round);
SLUICE_FILTER(to_int);
SLUICE_FILTER(to_float);
SLUICE_FILTER(filesizeformat);
SLUICE_FILTER(attr);
SLUICE_FILTER(default_value);
SLUICE_FILTER(pprint);
SLUICE_FILTER(as_text);
SLUICE_FILTER(as_native);
SLUICE_FILTER(as_bool);
SLUICE_FILTER(as_number);
// Sequences.
SLUICE_FILTER(length);
SLUICE_FILTER(first);
SLUICE_FILTER(last);
SLUICE_FILTER(random);
SLUICE_FILTER(list);
SLUICE_FILTER(items);
SLUICE_FILTER(reverse);
SLUICE_FILTER(join);
SLUICE_FILTER(batch);
SLUICE_FILTER(slice);
// By attribute or key.
SLUICE_FILTER(sort);
SLUICE_FILTER(dictsort);
SLUICE_FILTER(unique);
SLUICE_FILTER(min);
SLUICE_FILTER(max);
SLUICE_FILTER(sum);
SLUICE_FILTER(groupby);
SLUICE_FILTER(map);
SLUICE_FILTER(select);
SLUICE_FILTER(reject);
SLUICE_FILTER(selectattr);
SLUICE_FILTER(rejectattr);

#undef SLUICE_FILTER

}  // namespace sluice::jinja::filters
