// Hashes of scalars, consistent with Python's equality (1 == 1.0 == True). For values and objects
// of the engine. Not seeded: the same input gives the same order of work in every process.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::jinja {

// Multiply-and-fold over 8-byte words, after wyhash (https://github.com/wangyi-fudan/wyhash).
uint64_t hash_text(std::string_view text);
uint64_t hash_integer(int64_t value);
// An integral float hashes as the integer.
uint64_t hash_float(double value);
uint64_t combine_hashes(uint64_t seed, uint64_t next);

}  // namespace sluice::jinja
