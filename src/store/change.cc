// SPDX-License-Identifier: Apache-2.0
#include "skyden/store/change.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace skyden::store {
namespace {

template <class T>
bool Has(const std::vector<T>& sorted, const T& item) {
  return std::binary_search(sorted.begin(), sorted.end(), item);
}

template <class T>
void SortOnce(std::vector<T>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

template <class T>
void Append(std::vector<T>& to, std::vector<T> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

bool NamesAnyType(const Change& change) {
  return change.all || (change.types.empty() && change.revision != 0);
}

}  // namespace

bool Change::Names(model::TypeId type) const { return NamesAnyType(*this) || Has(types, type); }
bool Change::Names(const model::AccountId& account) const { return Has(accounts, account); }
bool Change::Names(const model::TokenId& token) const { return Has(tokens, token); }
// Who cannot say which types changed knows nothing of rollouts either.
bool Change::NamesRollouts() const { return rollouts || NamesAnyType(*this); }

bool Change::IsOf(model::OrganizationKey owner, model::TenantKey control_plane) const {
  if (tenant != model::TenantKey{}) return tenant == control_plane;
  return all && (organization == model::OrganizationKey{} || organization == owner);
}

bool Change::empty() const {
  return types.empty() && revision == 0 && self == Self::kSame && !keys_promised && !rollouts &&
         accounts.empty() && tokens.empty() && !all;
}

void Change::Merge(Change other) {
  // Any type is more than those that the other one names.
  const bool any_type = (NamesAnyType(*this) && !all) || (NamesAnyType(other) && !other.all);
  Append(types, std::move(other.types));
  if (any_type) types.clear();
  revision = std::max(revision, other.revision);
  self = std::max(self, other.self);
  keys_promised |= other.keys_promised;
  rollouts |= other.rollouts;
  Append(accounts, std::move(other.accounts));
  Append(tokens, std::move(other.tokens));
  all |= other.all;
  Sort();
}

void Change::Sort() {
  SortOnce(types);
  SortOnce(accounts);
  SortOnce(tokens);
}

}  // namespace skyden::store
