// Short ways to fail with Python's wording inside the value half of the engine.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace sluice::jinja {

inline tl::unexpected<Error> runtime_failure(std::string message) {
  return fail(ErrorCode::kJinjaRuntime, std::move(message));
}

}  // namespace sluice::jinja
