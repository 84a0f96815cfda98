// SPDX-License-Identifier: Apache-2.0
// An admin server on a free port of the loopback, over what serves tenants (tests/env/test_env.h).
// Of zones it knows what the test says.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "skyden/admin/admin_server.h"
#include "skyden/kds/rejected_connection.h"
#include "tests/env/test_env.h"
#include "tests/kds/fake_verdicts.h"

namespace skyden::admin {

// What a test sets while the server reads it.
template <class T>
class Guarded {
 public:
  void Set(T value) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    value_ = std::move(value);
  }
  T Get() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return value_;
  }

 private:
  mutable absl::Mutex mu_;
  T value_ ABSL_GUARDED_BY(mu_);
};

class AdminEnv : public TestEnv {
 public:
  explicit AdminEnv(AdminOptions options = {});
  ~AdminEnv();

  // What the zones' side would say.
  Guarded<std::vector<std::string>> online;
  Guarded<std::vector<kds::RejectedConnection>> rejected;
  kds::testing::FakeVerdicts verdicts;
  Guarded<absl::Status> health;

  AdminServer& server() { return *server_; }
  // For a second server beside this one.
  Deps AllDeps();
  std::shared_ptr<grpc::Channel> Channel() const;

  // A token of the organization (or of one control plane).
  std::string Token(model::Role role, const store::ControlPlaneRecord* bound = nullptr) {
    return store.NewToken(organization, role, bound).text;
  }

  template <class Response, class Stub, class Request, class Method>
  static grpc::Status Call(Stub& stub, Method method, const Request& request, Response* response,
                           const std::string& token) {
    grpc::ClientContext context;
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    return (stub.*method)(&context, request, response);
  }

 private:
  std::unique_ptr<AdminServer> server_;
};

}  // namespace skyden::admin
