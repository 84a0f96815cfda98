// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace skyden::admin {

// grpc.health.v1.Health for this server. It needs no token and tells nothing but serving or not.
//
// gRPC's own cannot be used: it is switched on for every server of the process, KDS included.
class HealthGrpc final : public grpc::health::v1::Health::CallbackService {
 public:
  // `health` must not block.
  explicit HealthGrpc(std::function<absl::Status()> health) : health_(std::move(health)) {}

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::health::v1::HealthCheckRequest* request,
                                  grpc::health::v1::HealthCheckResponse* response) override;
  grpc::ServerWriteReactor<grpc::health::v1::HealthCheckResponse>* Watch(
      grpc::CallbackServerContext* context,
      const grpc::health::v1::HealthCheckRequest* request) override ABSL_LOCKS_EXCLUDED(mu_);

  // Every watcher is told NOT_SERVING and ended; later ones are refused.
  void Drain() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  class Watcher;
  using Status = grpc::health::v1::HealthCheckResponse::ServingStatus;

  Status StatusNow() const;
  void Forget(Watcher* watcher) ABSL_LOCKS_EXCLUDED(mu_);

  const std::function<absl::Status()> health_;
  absl::Mutex mu_;
  absl::flat_hash_set<Watcher*> watchers_ ABSL_GUARDED_BY(mu_);
  bool draining_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace skyden::admin
