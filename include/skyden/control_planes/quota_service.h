// SPDX-License-Identifier: Apache-2.0
// Quotas of control planes, as operators set them and as owners see them.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "skyden/base/clock.h"
#include "skyden/model/ids.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/quotas.h"
#include "skyden/store/store.h"

namespace skyden::control_planes {

// Thread-safe; blocks (AssertMayBlock). Who may read a control plane sees its quota; operators see
// and set those of every organization. What is not known to the caller is NOT_FOUND, what it may
// not do PERMISSION_DENIED.
class QuotaService {
 public:
  struct Deps {
    store::Store& store;
    store::Quotas& quotas;
    base::Clock& clock;
  };
  static std::unique_ptr<QuotaService> Create(Deps deps);
  virtual ~QuotaService() = default;

  virtual absl::StatusOr<store::Allowance> Find(const model::OrganizationScope& scope,
                                                const model::ControlPlaneId& id) = 0;
  virtual absl::StatusOr<store::Allowance> Set(const model::OrganizationScope& scope,
                                               const model::ControlPlaneId& id,
                                               const store::Quota& quota) = 0;
  // Of each control plane of an organization that has no other. For operators; nothing is used by
  // the organization itself.
  virtual absl::StatusOr<store::Allowance> FindOfOrganization(const model::OrganizationScope& scope,
                                                              const model::OrganizationId& id) = 0;
  virtual absl::StatusOr<store::Allowance> SetOfOrganization(const model::OrganizationScope& scope,
                                                             const model::OrganizationId& id,
                                                             const store::Quota& quota) = 0;
};

}  // namespace skyden::control_planes
