// SPDX-License-Identifier: Apache-2.0
// What sessions know of their zones, for those who ask about zones.
#pragma once

#include <memory>
#include <vector>

#include "kds/core.h"
#include "skyden/kds/connected_zones.h"

namespace skyden::kds {

// Thread-safe.
class ConnectedBoard final : public ConnectedZones {
 public:
  explicit ConnectedBoard(Core& core) : core_(core) {}

  std::vector<ConnectedZone> Of(const model::TenantScope& scope) const override;
  std::shared_ptr<void> Subscribe(Listener changed) override {
    return core_.news.Subscribe(std::move(changed));
  }

 private:
  Core& core_;
};

}  // namespace skyden::kds
