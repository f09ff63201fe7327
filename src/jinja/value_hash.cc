#include "jinja/value_hash.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace sluice::jinja {
namespace {

constexpr uint64_t kPrime0 = 0xa0761d6478bd642fULL;
constexpr uint64_t kPrime1 = 0xe7037ed1a0b428dbULL;
constexpr uint64_t kPrime2 = 0x8ebc6af09c88c6e3ULL;

uint64_t fold(uint64_t a, uint64_t b) {
  // 64x64 -> 128 multiply from 32-bit halves: portable, and compilers make one instruction of it.
  const uint64_t a_low = a & 0xffffffffU;
  const uint64_t a_high = a >> 32U;
  const uint64_t b_low = b & 0xffffffffU;
  const uint64_t b_high = b >> 32U;
  const uint64_t cross = (a_low * b_low >> 32U) + (a_high * b_low & 0xffffffffU) + a_low * b_high;
  const uint64_t high = (a_high * b_low >> 32U) + (cross >> 32U) + a_high * b_high;
  return (a * b) ^ high;
}

uint64_t read_tail(const char* data, size_t size) {
  uint64_t word = 0;
  std::memcpy(&word, data, size);
  return word;
}

}  // namespace

uint64_t hash_text(std::string_view text) {
  uint64_t state = kPrime0 ^ text.size();
  const char* data = text.data();
  size_t left = text.size();
  while (left > 8) {
    uint64_t word = 0;
    std::memcpy(&word, data, 8);
    state = fold(state ^ word, kPrime1);
    data += 8;
    left -= 8;
  }
  if (left > 0) state = fold(state ^ read_tail(data, left), kPrime2);
  return fold(state, kPrime1 ^ text.size());
}

uint64_t hash_integer(int64_t value) {
  return fold(static_cast<uint64_t>(value) ^ kPrime2, kPrime0);
}

uint64_t hash_float(double value) {
  constexpr double kInt64Limit = 9223372036854775808.0;
  if (value >= -kInt64Limit && value < kInt64Limit && value == std::floor(value))
    return hash_integer(static_cast<int64_t>(value));
  return fold(std::bit_cast<uint64_t>(value) ^ kPrime1, kPrime0);
}

uint64_t combine_hashes(uint64_t seed, uint64_t next) {
  return fold(seed ^ kPrime0, next ^ kPrime2);
}

}  // namespace sluice::jinja
