// HttpClient: the only door to HTTP. CurlHttpClient for the product, MemoryHttpClient for tests. A
// client belongs to one thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result.h"

namespace sluice::packages {

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // The body of a GET that ended in status 200, redirects followed. kIo names the URL and what went
  // wrong, kFileNotFound is status 404.
  virtual Result<std::string> get(const std::string& url) = 0;
};

// Over libcurl: http and https only, certificates checked, proxies by the usual variables. What may
// pass (no connection, status 5xx) is tried `num_tries` times.
std::unique_ptr<HttpClient> make_http_client(std::string user_agent, int num_tries = 3);

// Bodies by URL.
class MemoryHttpClient final : public HttpClient {
 public:
  explicit MemoryHttpClient(std::map<std::string, std::string> bodies)
      : bodies_(std::move(bodies)) {}
  Result<std::string> get(const std::string& url) override;

 private:
  const std::map<std::string, std::string> bodies_;
};

}  // namespace sluice::packages
