// SPDX-License-Identifier: Apache-2.0
// A watcher is told the status when it comes and when the server drains. Between those the status
// changes once at most, when the store fails for good, and then the process ends.
#include "admin/health_grpc.h"

#include <utility>
#include <vector>

#include "skyden/admin/v1/control_planes.grpc.pb.h"
#include "skyden/admin/v1/zones.grpc.pb.h"
#include "skyden/base/limits.h"

namespace skyden::admin {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

bool IsServiceOfOurs(const std::string& name) {
  return name.empty() || name == v1::ControlPlanes::service_full_name() ||
         name == v1::Zones::service_full_name();
}

}  // namespace

// Reactions come from gRPC threads and End from the draining one; mu_ orders them. At most one
// write is outstanding, and Finish comes after it. Deletes itself when gRPC is done with it.
class HealthGrpc::Watcher final : public grpc::ServerWriteReactor<HealthCheckResponse> {
 public:
  Watcher(HealthGrpc& owner, Status status) : owner_(owner) {
    absl::MutexLock lock(&mu_);
    Write(status);
  }

  // A watcher that was refused.
  Watcher(HealthGrpc& owner, const grpc::Status& refusal) : owner_(owner) {
    absl::MutexLock lock(&mu_);
    FinishOnce(refusal);
  }

  void End() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    ending_ = true;
    if (!writing_) Write(HealthCheckResponse::NOT_SERVING);
  }

  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    writing_ = false;
    if (!ok || response_.status() == HealthCheckResponse::NOT_SERVING) {
      FinishOnce({grpc::StatusCode::UNAVAILABLE, "the server stops"});
    } else if (ending_) {
      Write(HealthCheckResponse::NOT_SERVING);
    }
  }

  void OnCancel() override ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (!writing_) FinishOnce(grpc::Status::CANCELLED);
    // Otherwise the write fails, and OnWriteDone finishes.
  }

  void OnDone() override {
    owner_.Forget(this);
    delete this;
  }

 private:
  void Write(Status status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (finished_) return;
    writing_ = true;
    response_.set_status(status);
    StartWrite(&response_);
  }

  void FinishOnce(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (std::exchange(finished_, true)) return;
    Finish(status);
  }

  HealthGrpc& owner_;
  absl::Mutex mu_;
  HealthCheckResponse response_;  // untouched while writing_
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool ending_ ABSL_GUARDED_BY(mu_) = false;
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
};

HealthGrpc::Status HealthGrpc::StatusNow() const {
  return health_().ok() ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
}

grpc::ServerUnaryReactor* HealthGrpc::Check(grpc::CallbackServerContext* context,
                                            const HealthCheckRequest* request,
                                            HealthCheckResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  if (IsServiceOfOurs(request->service())) {
    response->set_status(StatusNow());
    reactor->Finish(grpc::Status::OK);
  } else {
    reactor->Finish({grpc::StatusCode::NOT_FOUND, "service name unknown"});
  }
  return reactor;
}

grpc::ServerWriteReactor<HealthCheckResponse>* HealthGrpc::Watch(
    grpc::CallbackServerContext*, const HealthCheckRequest* request) {
  const Status status =
      IsServiceOfOurs(request->service()) ? StatusNow() : HealthCheckResponse::SERVICE_UNKNOWN;
  absl::MutexLock lock(&mu_);
  if (draining_) {
    return new Watcher(*this, {grpc::StatusCode::UNAVAILABLE, "the server stops"});
  }
  if (watchers_.size() >= base::limits::kAdminHealthWatches) {
    return new Watcher(*this, {grpc::StatusCode::RESOURCE_EXHAUSTED, "too many health watches"});
  }
  auto* const watcher = new Watcher(*this, status);
  watchers_.insert(watcher);
  return watcher;
}

void HealthGrpc::Forget(Watcher* watcher) {
  absl::MutexLock lock(&mu_);
  watchers_.erase(watcher);
}

void HealthGrpc::Drain() {
  // Under the lock: a watcher cannot be deleted before it is forgotten, and End only starts a
  // write.
  absl::MutexLock lock(&mu_);
  draining_ = true;
  for (Watcher* const watcher : watchers_) watcher->End();
}

}  // namespace skyden::admin
