// SPDX-License-Identifier: Apache-2.0
#include "skyden/http/fetch.h"

#include <fmt/format.h>
#include <httplib.h>

#include <chrono>

#include "skyden/base/clock.h"
#include "skyden/base/executor.h"

namespace skyden::http {

absl::StatusOr<std::string> Fetch(const std::string& url, const FetchOptions& options) {
  base::AssertMayBlock();
  const size_t scheme_end = url.find("://");
  const bool known = url.rfind("http://", 0) == 0 || url.rfind("https://", 0) == 0;
  if (!known) return absl::InvalidArgumentError("the URL must begin with http:// or https://");
  const size_t path_at = std::min(url.find('/', scheme_end + 3), url.size());
  const std::string path = path_at == url.size() ? "/" : url.substr(path_at);

  httplib::Client client(url.substr(0, path_at));
  if (!client.is_valid()) return absl::InvalidArgumentError("the URL has no usable host");
  const auto wait = std::chrono::microseconds(absl::ToInt64Microseconds(options.time_max));
  client.set_connection_timeout(wait);
  client.set_read_timeout(wait);
  client.set_write_timeout(wait);
  if (!options.ca_file.empty()) client.set_ca_cert_path(options.ca_file.c_str());

  const base::RealClock clock;
  const absl::Duration deadline = clock.Monotonic() + options.time_max;
  std::string body;
  int status = 0;
  const auto on_head = [&](const httplib::Response& response) {
    status = response.status;
    return response.status == 200;
  };
  const auto on_bytes = [&](const char* data, size_t size) {
    if (body.size() + size > options.bytes_max || clock.Monotonic() > deadline) return false;
    body.append(data, size);
    return true;
  };
  const auto result =
      client.Get(path, httplib::Headers{{"Accept", "application/json"}}, on_head, on_bytes);
  if (result && status == 200) return body;
  if (status != 0 && status != 200) {
    return absl::UnavailableError(fmt::format("{} answered {}", url, status));
  }
  return absl::UnavailableError(
      fmt::format("cannot read {} ({})", url, httplib::to_string(result.error())));
}

}  // namespace skyden::http
