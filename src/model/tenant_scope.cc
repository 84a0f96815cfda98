// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/tenant_scope.h"

namespace skyden::model {
namespace {

Principal SystemPrincipal(const std::string& reason) {
  return {Principal::Kind::kSystem, "system", reason, {}};
}

}  // namespace

OrganizationScope SystemScope::In(OrganizationKey organization) const {
  return OrganizationScope(
      OrganizationScope::Key(), organization, SystemPrincipal(reason_),
      std::make_shared<const Access>(std::vector<Grant>{{Role::kOperator, kNoTenant}}));
}

TenantScope SystemScope::In(OrganizationKey organization, TenantKey tenant,
                            ControlPlaneId control_plane, KumaVersion version) const {
  return TenantScope(TenantScope::Key(), organization, tenant, std::move(control_plane), version,
                     SystemPrincipal(reason_), Role::kOperator);
}

}  // namespace skyden::model
