// SPDX-License-Identifier: Apache-2.0
// The far end of an agent: a gRPC server that takes any method and does as a test tells it.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace skyden::agent {

inline constexpr absl::Duration kTestPatience = absl::Seconds(20);

struct SeenCall {
  std::string method;
  std::multimap<std::string, std::string> metadata;
  std::vector<std::string> messages;  // as they came over the wire
  bool ended = false;
};

// Echoes each message; ends a call whose message is "end:<code>:<text>" with that status, and all
// others when the caller half-closes. Messages that came compressed go back compressed.
class FakeGlobal final : public grpc::CallbackGenericService {
 public:
  struct Options {
    int port = 0;  // 0 picks one
    std::string certificate_file;
    std::string key_file;
    bool reads = true;  // false: until Resume
  };
  explicit FakeGlobal(Options options);
  ~FakeGlobal() override;

  int port() const { return port_; }
  std::vector<SeenCall> calls() const ABSL_LOCKS_EXCLUDED(mu_);
  // Waits until `condition` holds of the calls; false after kTestPatience.
  bool WaitFor(const std::function<bool(const std::vector<SeenCall>&)>& condition) const
      ABSL_LOCKS_EXCLUDED(mu_);
  // Starts reading in every call.
  void Resume() ABSL_LOCKS_EXCLUDED(mu_);

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  class Call;

  mutable absl::Mutex mu_;
  std::vector<SeenCall> calls_ ABSL_GUARDED_BY(mu_);
  std::vector<Call*> waiting_ ABSL_GUARDED_BY(mu_);
  bool reads_ ABSL_GUARDED_BY(mu_);
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace skyden::agent
