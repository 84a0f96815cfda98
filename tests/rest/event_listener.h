// SPDX-License-Identifier: Apache-2.0
// Listens to Server-Sent Events over a real connection.
#pragma once

#include <httplib.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {

// One client that listens, on a thread of its own.
class Listener {
 public:
  Listener(RestEnv& env, const std::string& path, const std::string& token,
           const std::string& last_event_id = "")
      : Listener(env, path, HeadersOf(token, last_event_id)) {}
  Listener(RestEnv& env, const std::string& path,
           const std::vector<std::pair<std::string, std::string>>& shown)
      : client_("http://" + env.server->address()) {
    client_.set_read_timeout(60);
    httplib::Headers headers = {{"accept", "text/event-stream"}};
    for (const auto& [name, value] : shown) headers.emplace(name, value);
    thread_ = std::thread([this, path, headers] {
      client_.Get(
          path, headers,
          [this](const httplib::Response& response) {
            absl::MutexLock lock(&mu_);
            status_ = response.status;
            type_ = response.get_header_value("content-type");
            return true;
          },
          [this](const char* data, size_t size) {
            absl::MutexLock lock(&mu_);
            text_.append(data, size);
            return !hung_up_;
          });
      absl::MutexLock lock(&mu_);
      over_ = true;
    });
  }
  ~Listener() {
    {
      absl::MutexLock lock(&mu_);
      hung_up_ = true;
    }
    client_.stop();
    thread_.join();
  }

  // False when it ends or takes too long first.
  bool Hears(const std::string& text) {
    absl::MutexLock lock(&mu_);
    const auto heard = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      return over_ || text_.find(text) != std::string::npos;
    };
    mu_.AwaitWithTimeout(absl::Condition(&heard), absl::Seconds(20));
    return text_.find(text) != std::string::npos;
  }
  bool Ends() {
    absl::MutexLock lock(&mu_);
    return mu_.AwaitWithTimeout(absl::Condition(&over_), absl::Seconds(20));
  }
  bool over() {
    absl::MutexLock lock(&mu_);
    return over_;
  }
  std::string text() {
    absl::MutexLock lock(&mu_);
    return text_;
  }
  int status() {
    absl::MutexLock lock(&mu_);
    return status_;
  }
  std::string type() {
    absl::MutexLock lock(&mu_);
    return type_;
  }

 private:
  static std::vector<std::pair<std::string, std::string>> HeadersOf(
      const std::string& token, const std::string& last_event_id) {
    std::vector<std::pair<std::string, std::string>> headers = {
        {"authorization", "Bearer " + token}};
    if (!last_event_id.empty()) headers.emplace_back("last-event-id", last_event_id);
    return headers;
  }

  httplib::Client client_;
  std::thread thread_;
  absl::Mutex mu_;
  std::string text_ ABSL_GUARDED_BY(mu_);
  std::string type_ ABSL_GUARDED_BY(mu_);
  int status_ ABSL_GUARDED_BY(mu_) = 0;
  bool over_ ABSL_GUARDED_BY(mu_) = false;
  bool hung_up_ ABSL_GUARDED_BY(mu_) = false;
};

// The id of the last event in `text`.
inline std::string LastId(const std::string& text) {
  const size_t at = text.rfind("id: ");
  return at == std::string::npos ? "" : text.substr(at + 4, text.find('\n', at) - at - 4);
}

}  // namespace skyden::rest
