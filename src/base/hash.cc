#include "base/hash.h"

#include <openssl/evp.h>

#include <array>
#include <memory>

#include "base/error.h"

namespace sluice {

namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// An algorithm is looked up once (OpenSSL 3 takes some thousand instructions for it) and a thread
// keeps its context: a project has tens of thousands of small texts to hash.
std::string digest_hex(const EVP_MD* algorithm, std::string_view data) {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  SLUICE_CHECK(EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1 &&
               EVP_DigestUpdate(context.get(), data.data(), data.size()) == 1 &&
               EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1);
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(size * 2U);
  for (unsigned int i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

}  // namespace

std::string md5_hex(std::string_view data) {
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "MD5", nullptr);
  return digest_hex(kAlgorithm, data);
}

std::string sha1_hex(std::string_view data) {
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  return digest_hex(kAlgorithm, data);
}

std::string sha256_hex(std::string_view data) {
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return digest_hex(kAlgorithm, data);
}

}  // namespace sluice
