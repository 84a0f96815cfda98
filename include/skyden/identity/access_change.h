// SPDX-License-Identifier: Apache-2.0
// Which changes may end what somebody may do.
#pragma once

#include <optional>

#include "skyden/model/ids.h"
#include "skyden/store/change.h"

namespace skyden::identity {

// Of anybody: something about accounts, roles or tokens, or a control plane that was suspended,
// resumed or deleted.
bool MayEndAccess(const store::Change& change);

// Somebody who came in.
struct AccessHolder {
  model::OrganizationKey organization{};
  model::TenantKey tenant{};        // where
  const model::AccountId& account;  // empty: nobody's (a control plane's own token)
  const std::optional<model::TokenId>& token;
  bool by_groups = false;  // as Caller's: any account that changes may be a team that one leads to
};
bool MayEndAccessOf(const AccessHolder& holder, const store::Change& change);

}  // namespace skyden::identity
