// Checksums that artifacts must reproduce (dbt uses MD5 and SHA-256) and a fast hash for look-ups.
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

std::string md5_hex(std::string_view data);
// dbt identifies lists of packages by it; no protection against forgery.
std::string sha1_hex(std::string_view data);
std::string sha256_hex(std::string_view data);

}  // namespace sluice
