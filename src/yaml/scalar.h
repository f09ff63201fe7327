// Resolution of scalars in place: plain ones, and those that carry a core tag (!!int "12").
// Internal to yaml/. Pure.
#pragma once

#include "yaml/node.h"

namespace sluice::yaml {

// Tag and value of a plain scalar, whose `text` is set; the rest of `node` is left alone.
void resolve_plain(Node& node);

// Gives `node` (its text is set) the meaning of `tag`; false when the text cannot be read so.
bool apply_scalar_tag(Tag tag, Node& node);

}  // namespace sluice::yaml
