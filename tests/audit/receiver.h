// SPDX-License-Identifier: Apache-2.0
// A real HTTP server to which the audit is sent, and what there is to send.
#pragma once

#include <fmt/format.h>
#include <httplib.h>

#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/store.h"

namespace skyden::audit {

class Receiver {
 public:
  Receiver() {
    server_.Post("/hook", [this](const httplib::Request& request, httplib::Response& response) {
      absl::MutexLock lock(&mu_);
      if (refusals_ > 0) {
        --refusals_;
        response.status = 503;
        return;
      }
      requests_.push_back(request);
      text_ += request.body;
      for (const char c : request.body) lines_ += c == '\n' ? 1 : 0;
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~Receiver() {
    server_.stop();
    thread_.join();
  }

  std::string url() const { return fmt::format("http://127.0.0.1:{}/hook", port_); }
  void RefuseNext(int times) {
    absl::MutexLock lock(&mu_);
    refusals_ = times;
  }
  void AwaitLines(int lines) {
    absl::MutexLock lock(&mu_);
    const auto there = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return lines_ >= lines; };
    REQUIRE(mu_.AwaitWithTimeout(absl::Condition(&there), absl::Seconds(30)));
  }
  // Until something was sent in which `text` stands.
  void AwaitText(const std::string& text) {
    absl::MutexLock lock(&mu_);
    const auto there = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      return text_.find(text) != std::string::npos;
    };
    REQUIRE(mu_.AwaitWithTimeout(absl::Condition(&there), absl::Seconds(30)));
  }
  // All that was sent.
  std::string Text() {
    absl::MutexLock lock(&mu_);
    return text_;
  }
  std::vector<httplib::Request> Requests() {
    absl::MutexLock lock(&mu_);
    return requests_;
  }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  absl::Mutex mu_;
  int refusals_ ABSL_GUARDED_BY(mu_) = 0;
  int lines_ ABSL_GUARDED_BY(mu_) = 0;
  std::vector<httplib::Request> requests_ ABSL_GUARDED_BY(mu_);
  std::string text_ ABSL_GUARDED_BY(mu_);
};

inline void Tell(store::Store& store, const model::OrganizationScope& scope,
                 const std::string& name) {
  REQUIRE(store
              .WriteDirectory(scope,
                              [&](store::DirectoryTx& tx) {
                                tx.Audit({absl::FromUnixSeconds(1), "a.b", "Thing", name, ""});
                                return absl::OkStatus();
                              })
              .ok());
}

}  // namespace skyden::audit
