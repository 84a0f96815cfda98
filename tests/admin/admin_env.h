// SPDX-License-Identifier: Apache-2.0
// An admin server on a free port of the loopback, over everything real but zones' connections.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "skyden/admin/admin_server.h"
#include "skyden/admin/v1/control_planes.grpc.pb.h"
#include "skyden/admin/v1/zones.grpc.pb.h"
#include "skyden/audit/audit_service.h"
#include "skyden/base/clock.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/control_planes/quota_service.h"
#include "skyden/identity/account_service.h"
#include "skyden/identity/authenticator.h"
#include "skyden/identity/organization_service.h"
#include "skyden/identity/token_service.h"
#include "skyden/kds/rejected_connection.h"
#include "skyden/kds/zone_verdicts.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/resources/resource_views.h"
#include "tests/env/test_store.h"
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

class AdminEnv {
 public:
  explicit AdminEnv(AdminOptions options = {});
  ~AdminEnv();

  base::FakeClock clock;
  TestStore store;
  identity::Authenticator authenticator{{*store, clock}};
  identity::AccountService::Deps identity_deps{*store, clock};
  std::unique_ptr<identity::AccountService> accounts =
      identity::AccountService::Create(identity_deps);
  std::unique_ptr<identity::TokenService> tokens = identity::TokenService::Create(identity_deps);
  std::unique_ptr<identity::OrganizationService> organizations =
      identity::OrganizationService::Create(identity_deps);
  model::OrganizationKey organization = store.NewOrganization("default");
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
  std::unique_ptr<resources::ResourceCodec> codec_;
  std::unique_ptr<resources::ResourceViews> views_;
  base::RsaKeyPool keys_{0};
  std::unique_ptr<resources::ResourceManager> manager_;
  std::unique_ptr<control_planes::ControlPlaneService> control_planes_;
  std::unique_ptr<control_planes::ZoneService> zones_;
  std::unique_ptr<control_planes::QuotaService> quotas_;
  audit::AuditService audit_{*store};
  base::WorkerPool workers_{"test", 2};
  std::unique_ptr<AdminServer> server_;
};

}  // namespace skyden::admin
