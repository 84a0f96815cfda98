// SPDX-License-Identifier: Apache-2.0
// Lists that every daemon has a part of.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "peers/asking.h"
#include "skyden/kds/rejected_connection.h"
#include "skyden/kds/zone_verdicts.h"

namespace skyden::peers {

// `own`, and what others turned away: newest first, at most limits::kRejectedConnections, after
// those that did not answer. `scope` null: of every control plane. Blocks.
std::vector<kds::RejectedConnection> RejectedEverywhere(const Asking& asking,
                                                        const model::TenantScope* scope,
                                                        std::vector<kds::RejectedConnection> own);

// Thread-safe.
class VerdictsEverywhere final : public kds::ZoneVerdicts {
 public:
  VerdictsEverywhere(const Asking& asking, kds::ZoneVerdicts& own) : asking_(asking), own_(own) {}

  absl::StatusOr<std::vector<kds::RefusedResource>> Refused(
      const model::TenantScope& scope) const override;
  std::vector<kds::WithheldType> Withheld(const model::TenantScope& scope) const override;
  bool MayWarn(model::TenantKey tenant, model::TypeId type) const override {
    return own_.MayWarn(tenant, type);
  }
  std::vector<std::string> Warnings(const model::TenantScope& scope,
                                    const model::Resource& written) const override {
    return own_.Warnings(scope, written);
  }
  std::shared_ptr<void> Subscribe(model::TenantKey tenant, std::function<void()> changed) override {
    return own_.Subscribe(tenant, std::move(changed));
  }

 private:
  const Asking& asking_;
  kds::ZoneVerdicts& own_;
};

}  // namespace skyden::peers
