// SPDX-License-Identifier: Apache-2.0
// The identity services of the daemon, and callers of every role.
#pragma once

#include <string>

#include "server/services.h"
#include "skyden/base/status.h"
#include "tests/env/test_env.h"

namespace skyden::identity {

struct ServiceEnv : TestEnv {
  Authenticator& authenticator = services().authenticator;
  AccountService& accounts = *services().accounts;
  TokenService& tokens = *services().tokens;
  OrganizationService& organizations = *services().organizations;
  SessionService& sessions = *services().sessions;

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
