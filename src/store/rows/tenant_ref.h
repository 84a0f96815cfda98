// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "skyden/model/ids.h"
#include "skyden/model/kuma_version.h"
#include "skyden/model/tenant_scope.h"
#include "store/session.h"

namespace skyden::store::rows {

// The part of a TenantScope that the store uses.
struct TenantRef {
  model::OrganizationKey organization{};
  model::TenantKey tenant{};
  model::ControlPlaneId control_plane;
  model::KumaVersion version = model::KumaVersion::kTwo;  // that it was of for whoever asks

  static TenantRef Of(const model::TenantScope& scope) {
    return {scope.organization(), scope.tenant(), scope.control_plane(), scope.version()};
  }
  Binding binding() const {
    return {static_cast<int64_t>(organization), static_cast<int64_t>(tenant), false};
  }
};

}  // namespace skyden::store::rows
