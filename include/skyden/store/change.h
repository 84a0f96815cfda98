// SPDX-License-Identifier: Apache-2.0
// What those who remember rows are told of commits.
#pragma once

#include <cstdint>
#include <vector>

#include "skyden/model/ids.h"
#include "skyden/model/resource.h"

namespace skyden::store {

// What commits may have changed of one owner: of a control plane, or (tenant 0) of an organization
// beside its control planes. It says "look again" and never what a row says now: it may name more
// than what changed, and may come late, or again. Whoever wrote and was answered finds those told
// who subscribed to everything.
//
// What is new is not named, but for control planes and resources: who remembers rows must not
// remember that there is none. Nor is what decides nothing: that a token was used, or renamed.
struct Change {
  // What became of the owner itself. Of several the greatest counts.
  enum class Self : uint8_t {
    kSame,
    kDescribed,  // made, or described otherwise
    kTerms,      // suspended or resumed, or of another version: who is in is looked at again
    kGone,
  };

  model::OrganizationKey organization{};  // 0, with `all`: everything there is
  model::TenantKey tenant{};
  std::vector<model::TypeId> types{};  // of resources; none although there is a revision: any
  model::Revision revision = 0;        // of the newest of these; 0 when no resource changed
  Self self = Self::kSame;
  bool keys_promised = false;                // see PendingKey
  bool rollouts = false;                     // made, or further than they were
  std::vector<model::AccountId> accounts{};  // other than they were, or in their roles, or gone
  std::vector<model::TokenId> tokens{};      // the same, and revoked ones
  // Nobody knows what else: everything of the owner; of an organization its control planes too.
  bool all = false;

  // A resource of this type, be it as one of all.
  bool Names(model::TypeId type) const;
  // By their ids.
  bool Names(const model::AccountId& account) const;
  bool Names(const model::TokenId& token) const;
  // Rollouts of the control plane may be others than they were.
  bool NamesRollouts() const;
  // Whether it is about this control plane, be it as one of all that an organization owns.
  bool IsOf(model::OrganizationKey owner, model::TenantKey control_plane) const;
  bool empty() const;

  // Takes in what else is known of the same owner.
  void Merge(Change other);
  // Sorts what is named and names it once. Names() needs that; whoever fills one in calls it.
  void Sort();
};

class Subscription {
 public:
  virtual ~Subscription() = default;  // no call is running or will come once this returns
};

}  // namespace skyden::store
