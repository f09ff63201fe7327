#include "packages/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <chrono>
#include <mutex>
#include <thread>

namespace sluice::packages {
namespace {

constexpr size_t kMostBytes = size_t{512} << 20;
constexpr long kConnectSeconds = 30;
constexpr long kStalledSeconds = 60;  // less than a byte a second for so long

struct Body {
  std::string text;
  bool is_too_large = false;
};

size_t append_body(char* data, size_t size, size_t count, void* target) {
  Body& body = *static_cast<Body*>(target);
  if (body.text.size() + size * count > kMostBytes) {
    body.is_too_large = true;
    return 0;
  }
  body.text.append(data, size * count);
  return size * count;
}

struct CurlCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

Error unreachable(const std::string& url, std::string_view why) {
  return Error(ErrorCode::kIo, fmt::format("cannot get \"{}\": {}", url, why),
               "check the address, the network and the proxy settings");
}

class CurlHttpClient final : public HttpClient {
 public:
  CurlHttpClient(std::string user_agent, int num_tries)
      : user_agent_(std::move(user_agent)), num_tries_(num_tries) {
    static std::once_flag started;
    std::call_once(started, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    handle_.reset(curl_easy_init());
  }

  Result<std::string> get(const std::string& url) override {
    for (int attempt = 1;; ++attempt) {
      bool may_pass = false;
      Result<std::string> body = get_once(url, may_pass);
      if (body || !may_pass || attempt >= num_tries_) return body;
      std::this_thread::sleep_for(std::chrono::milliseconds(250 << attempt));
    }
  }

 private:
  // `may_pass`: the failure is one that another try may not meet.
  Result<std::string> get_once(const std::string& url, bool& may_pass) {
    if (!handle_) return fail(unreachable(url, "libcurl did not start"));
    CURL* const handle = handle_.get();
    Body body;
    char reason[CURL_ERROR_SIZE] = {};
    curl_easy_reset(handle);
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(handle, CURLOPT_MAXREDIRS, 10L);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, kStalledSeconds);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, user_agent_.c_str());
    curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body);
    const CURLcode code = curl_easy_perform(handle);
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (body.is_too_large) return fail(unreachable(url, "the answer is larger than 512 MiB"));
    if (code != CURLE_OK) {
      may_pass = code != CURLE_UNSUPPORTED_PROTOCOL && code != CURLE_URL_MALFORMAT &&
                 code != CURLE_PEER_FAILED_VERIFICATION;
      return fail(unreachable(url, reason[0] != '\0' ? reason : curl_easy_strerror(code)));
    }
    if (status == 200) return std::move(body.text);
    may_pass = status >= 500;
    if (status == 404)
      return fail(ErrorCode::kFileNotFound, fmt::format("\"{}\" is not there (status 404)", url),
                  "check the name and the version");
    return fail(unreachable(url, fmt::format("the server answered status {}", status)));
  }

  const std::string user_agent_;
  const int num_tries_;
  std::unique_ptr<CURL, CurlCleanup> handle_;
};

}  // namespace

std::unique_ptr<HttpClient> make_http_client(std::string user_agent, int num_tries) {
  return std::make_unique<CurlHttpClient>(std::move(user_agent), num_tries);
}

Result<std::string> MemoryHttpClient::get(const std::string& url) {
  const auto found = bodies_.find(url);
  if (found != bodies_.end()) return found->second;
  return fail(ErrorCode::kFileNotFound, fmt::format("\"{}\" is not there (status 404)", url),
              "check the name and the version");
}

}  // namespace sluice::packages
