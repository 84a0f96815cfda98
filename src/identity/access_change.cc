// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/access_change.h"

namespace skyden::identity {

bool MayEndAccess(const store::Change& change) {
  return change.all || change.self >= store::Change::Self::kTerms || !change.accounts.empty() ||
         !change.tokens.empty();
}

bool MayEndAccessOf(const AccessHolder& holder, const store::Change& change) {
  const bool of_one = change.organization != model::OrganizationKey{};
  if (of_one && change.organization != holder.organization) return false;
  if (change.all && change.tenant == model::TenantKey{}) return true;
  const bool ended = change.all || change.self >= store::Change::Self::kTerms;
  if (ended && change.tenant != model::TenantKey{} && change.tenant == holder.tenant) return true;
  if (holder.by_groups && !change.accounts.empty()) return true;
  return change.Names(holder.account) || (holder.token && change.Names(*holder.token));
}

}  // namespace skyden::identity
