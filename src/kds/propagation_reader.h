// SPDX-License-Identifier: Apache-2.0
// What sessions, verdicts and stored zones come to with regard to a revision.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kds/core.h"
#include "kds/verdict_board.h"
#include "skyden/kds/deliveries.h"
#include "skyden/resources/resource_views.h"

namespace skyden::kds {

Stage StageOf(OpenType::State state);

// Thread-safe.
class PropagationReader {
 public:
  explicit PropagationReader(std::shared_ptr<Core> core)
      : core_(std::move(core)), verdicts_(*core_) {}

  // See Deliveries.
  absl::StatusOr<Propagation> Read(const model::TenantScope& scope,
                                   const PropagationQuery& query) const;
  // Whether the zone has surely not arrived at the revision, and may. Brief.
  bool HoldsBack(const model::TenantScope& scope, const std::string& zone_name,
                 model::Revision revision) const;

  Core& core() const { return *core_; }
  const VerdictBoard& verdicts() const { return verdicts_; }

 private:
  using Refusals = std::map<std::string, std::vector<RefusalOfZone>, std::less<>>;
  Refusals RefusalsOf(const model::TenantScope& scope) const;
  ZoneStanding Connected(const ZoneSession& session, const ZoneProgress& progress,
                         const PassedOn& passed_on, model::Revision revision,
                         std::vector<RefusalOfZone> refused) const;
  ZoneStanding Gone(const model::TenantScope& scope, std::string name,
                    const resources::ResourceView& insights) const;

  const std::shared_ptr<Core> core_;
  const VerdictBoard verdicts_;
};

}  // namespace skyden::kds
