// SPDX-License-Identifier: Apache-2.0
// How every unary call runs: the gRPC thread copies the credential and posts; a worker signs in and
// does the work; the answer may come from any thread, once.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/admin/call_times.h"
#include "skyden/admin/deps.h"
#include "skyden/identity/authenticator.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::admin {

// Ends one call. Must be called once; moving it hands the duty over.
using Answer = absl::AnyInvocable<void(const absl::Status&)>;

// Shared by the services. Thread-safe; outlives the gRPC server.
class Calls {
 public:
  explicit Calls(const Deps& deps) : deps_(deps) {}

  // `work` runs on a worker once the caller is known, and may use the call's request and response
  // until it answers.
  using Work = absl::AnyInvocable<void(const identity::Caller&, Answer)>;
  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context, Work work);

  // What that reads of a client's metadata.
  static std::vector<std::string> Metadata();

  // For work inside the caller's organization that is done when it returns.
  using OrganizationWork = absl::AnyInvocable<absl::Status(const model::OrganizationScope&)>;
  grpc::ServerUnaryReactor* StartInOrganization(grpc::CallbackServerContext* context,
                                                OrganizationWork work);

  // For work that is done when it returns.
  using BlockingWork = absl::AnyInvocable<absl::Status(const identity::Caller&)>;
  grpc::ServerUnaryReactor* StartBlocking(grpc::CallbackServerContext* context, BlockingWork work);

  // For work inside the control plane that the request names, for who may do `action` there.
  using ControlPlaneWork = absl::AnyInvocable<void(const model::TenantScope&, Answer)>;
  // kLong: on threads that short questions do not wait for.
  enum class Pace { kShort, kLong };
  grpc::ServerUnaryReactor* StartInControlPlane(grpc::CallbackServerContext* context,
                                                std::string control_plane_id, model::Action action,
                                                Pace pace, ControlPlaneWork work);

  // The scope of the control plane that a request names. INVALID_ARGUMENT when it is no UUID.
  absl::StatusOr<model::TenantScope> Enter(const identity::Caller& caller,
                                           const std::string& control_plane_id) const;

  const Deps& deps() const { return deps_; }
  const CallTimes& times() const { return times_; }

 private:
  using SignedIn = std::function<void()>;
  void Run(const absl::StatusOr<std::string>& authorization, model::Origin origin,
           const SignedIn& signed_in, Work work, Answer answer) const;

  const Deps& deps_;
  std::atomic<size_t> in_flight_{0};
  CallTimes times_;
};

}  // namespace skyden::admin
