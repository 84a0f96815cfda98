// SPDX-License-Identifier: Apache-2.0
// What is known of zones' verdicts, put together with who is connected and what is stored now.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kds/core.h"
#include "skyden/kds/zone_verdicts.h"

namespace skyden::kds {

// Thread-safe. `core` must outlive it.
class VerdictBoard final : public ZoneVerdicts {
 public:
  explicit VerdictBoard(Core& core) : core_(core) {}

  absl::StatusOr<std::vector<RefusedResource>> Refused(
      const model::TenantScope& scope) const override;
  std::vector<WithheldType> Withheld(const model::TenantScope& scope) const override;
  bool MayWarn(model::TenantKey tenant, model::TypeId type) const override;
  std::vector<std::string> Warnings(const model::TenantScope& scope,
                                    const model::Resource& written) const override;
  std::shared_ptr<void> Subscribe(model::TenantKey tenant, std::function<void()> changed) override {
    return core_.verdicts.Subscribe(tenant, std::move(changed));
  }

 private:
  absl::StatusOr<bool> Stands(const model::TenantScope& scope, const std::string& zone,
                              const Verdicts::Refusal& refusal) const;
  void WarnOfVersions(const model::TenantScope& scope, const model::Resource& written,
                      std::vector<std::string>& zones, std::vector<std::string>& warnings) const;
  void WarnOfRefusals(const model::TenantScope& scope, const model::Resource& written,
                      const std::vector<std::string>& known,
                      std::vector<std::string>& warnings) const;
  void WarnOfSize(const model::TenantScope& scope, const model::Resource& written,
                  std::vector<std::string>& warnings) const;

  Core& core_;
};

}  // namespace skyden::kds
