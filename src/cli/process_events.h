// What the log says of a command as a whole: its arguments at the start, its cost at the end.
#pragma once

#include "cli/invocation.h"

namespace sluice::cli {

void tell_start(Invocation& invocation);
void tell_end(Invocation& invocation, int exit_code);

}  // namespace sluice::cli
