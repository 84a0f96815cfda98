// SPDX-License-Identifier: Apache-2.0
// Refused sign-ins in the audit. A flood of them must not become a flood of entries.
#pragma once

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/model/ids.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/store.h"

namespace skyden::audit {

struct Refusal {
  model::Origin origin;
  // In whose audit it belongs; 0: nobody knows, so the operator's.
  model::OrganizationKey organization{};
  model::TenantKey tenant{};
  model::ControlPlaneId control_plane;
  std::string token_id;
  std::string zone;
  std::string reason;
};

// Thread-safe. The first of its kind (who from, whose, why) is told at once; those that follow
// within `window` are counted and told together at its end. At most limits::kRefusalsTold kinds at
// a time; what is beyond is counted as one.
class RefusalLog {
 public:
  struct Deps {
    store::Store& store;
    base::Clock& clock;
    base::Timers& timers;
    base::Executor& workers;
    model::OrganizationKey operators{};  // gets what belongs to nobody
    absl::Duration window = absl::Seconds(10);
  };
  static std::unique_ptr<RefusalLog> Create(Deps deps);
  virtual ~RefusalLog() = default;

  // Hands over to the store's writer; does not block.
  virtual void Tell(const Refusal& refusal) = 0;
  // Tells what is counted. From now on no timer is used, and every refusal is told at once.
  virtual void Close() = 0;
};

}  // namespace skyden::audit
