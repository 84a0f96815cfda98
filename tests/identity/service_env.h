// SPDX-License-Identifier: Apache-2.0
// The identity services over a real store, and callers of every role.
#pragma once

#include <memory>
#include <string>

#include "skyden/base/clock.h"
#include "skyden/base/status.h"
#include "skyden/identity/account_service.h"
#include "skyden/identity/organization_service.h"
#include "skyden/identity/token_service.h"
#include "tests/env/test_store.h"

namespace skyden::identity {

struct ServiceEnv {
  base::FakeClock clock;
  TestStore store;
  Authenticator authenticator{{*store, clock}};
  AccountService::Deps deps{*store, clock};
  std::unique_ptr<AccountService> accounts = AccountService::Create(deps);
  std::unique_ptr<TokenService> tokens = TokenService::Create(deps);
  std::unique_ptr<OrganizationService> organizations = OrganizationService::Create(deps);
  model::OrganizationKey organization = store.NewOrganization("default");

  // The scope of a fresh account with this role, on all control planes or on `bound`.
  model::OrganizationScope As(model::Role role, const store::ControlPlaneRecord* bound = nullptr) {
    return Scope(store.NewToken(organization, role, bound).text);
  }
  model::OrganizationScope Scope(const std::string& token) {
    return *authenticator.EnterOrganization(*authenticator.Authenticate(token));
  }

  static std::string FieldAtFault(const absl::Status& status) {
    const auto violations = base::ViolationsOf(status);
    return violations.empty() ? status.ToString() : violations.front().field;
  }
};

}  // namespace skyden::identity
