// SPDX-License-Identifier: Apache-2.0
// Questions to zones of whatever daemon.
#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "peers/asking.h"
#include "skyden/kds/zone_gateway.h"

namespace skyden::peers {

// Thread-safe. Ask blocks as Asking does, and looks into the database where daemons have changed.
class AskingGateway final : public kds::ZoneGateway {
 public:
  AskingGateway(const Asking& asking, kds::ZoneGateway& own) : asking_(asking), own_(own) {}

  Ticket Ask(const model::TenantScope& scope, kds::ZoneRequest request,
             absl::AnyInvocable<void(absl::StatusOr<std::string>)> done) override
      ABSL_LOCKS_EXCLUDED(shared_->mu);
  void Cancel(const Ticket& ticket) override ABSL_LOCKS_EXCLUDED(shared_->mu);

 private:
  using Done = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;
  struct Pending {
    Done done;
    std::shared_ptr<Callers::Call> call;
  };
  // Kept by answers that come when this is gone.
  struct Shared {
    absl::Mutex mu;
    absl::flat_hash_map<Ticket, Pending> pending ABSL_GUARDED_BY(mu);
  };

  const Asking& asking_;
  kds::ZoneGateway& own_;
  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace skyden::peers
