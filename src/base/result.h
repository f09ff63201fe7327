// Result<T> and Status: how every fallible function of the product answers.
// Values, not exceptions; [[nodiscard]] through tl::expected. Any thread may hold its own.
#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "base/error.h"

namespace sluice {

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

// The failing side of a Result: `return fail(ErrorCode::kX, "message");`
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }
inline tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string hint = {}) {
  return tl::unexpected<Error>(Error(code, std::move(message), std::move(hint)));
}

// Returns the error of `expr` from the enclosing function, if there is one.
#define SLUICE_TRY(expr)                                                          \
  do {                                                                            \
    if (auto sluice_status = (expr); !sluice_status) [[unlikely]]                 \
      return ::tl::unexpected<::sluice::Error>(std::move(sluice_status.error())); \
  } while (false)

#define SLUICE_CONCAT_INNER(a, b) a##b
#define SLUICE_CONCAT(a, b) SLUICE_CONCAT_INNER(a, b)
// Declares or assigns `target` from a Result, or returns its error: SLUICE_ASSIGN(auto x,
// compute());
#define SLUICE_ASSIGN(target, expr)                                  \
  auto SLUICE_CONCAT(sluice_result_, __LINE__) = (expr);             \
  if (!SLUICE_CONCAT(sluice_result_, __LINE__)) [[unlikely]]         \
    return ::tl::unexpected<::sluice::Error>(                        \
        std::move(SLUICE_CONCAT(sluice_result_, __LINE__).error())); \
  target = std::move(*SLUICE_CONCAT(sluice_result_, __LINE__))

}  // namespace sluice
