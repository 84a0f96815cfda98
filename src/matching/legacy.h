// SPDX-License-Identifier: Apache-2.0
// Policies of the time before targetRef: of several that match, the most specific counts.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "matching/mesh_data.h"
#include "skyden/matching/proxy.h"

namespace skyden::matching {

// How specific a selector is: by the number of its tags, then of those that say a value.
struct Rank {
  int exact = 0;
  int any_value = 0;

  friend Rank operator+(Rank a, Rank b) { return {a.exact + b.exact, a.any_value + b.any_value}; }
  friend bool operator>(Rank a, Rank b) {
    const int total = a.exact + a.any_value - b.exact - b.any_value;
    return total != 0 ? total > 0 : a.exact > b.exact;
  }
  friend bool operator==(Rank, Rank) = default;
};
Rank RankOf(const Tags& selector);

// The best of policies that select proxies, given one by one in the order of their names. Of equal
// ones the newest. A policy without selectors, or with an empty one, is for everybody.
template <class P>
class BestProxyPolicy {
 public:
  template <class Matches>
  void Consider(const P& policy, const std::vector<Tags>& selectors, const Matches& matches) {
    if (selectors.empty()) ConsiderForAll(policy);
    for (const Tags& selector : selectors) {
      if (selector.empty()) {
        ConsiderForAll(policy);
      } else if (matches(selector)) {
        const Rank rank = RankOf(selector);
        if (rank > rank_ || IsNewerAt(policy, rank)) {
          rank_ = rank;
          best_ = &policy;
        }
      }
    }
  }
  const P* get() const { return best_; }

 private:
  void ConsiderForAll(const P& policy) {
    if (best_ == nullptr || IsNewerAt(policy, Rank())) best_ = &policy;
  }
  bool IsNewerAt(const P& policy, Rank rank) const {
    return rank == rank_ && best_ != nullptr &&
           policy.resource->creation_time > best_->resource->creation_time;
  }

  const P* best_ = nullptr;
  Rank rank_;
};

const LegacyPolicy* BestForProxy(const SharedList<LegacyPolicy>& policies, const Proxy& proxy);

// For connections from `proxy`: the best policy for each of `services`.
std::map<std::string, const LegacyPolicy*> BestForServices(
    const SharedList<LegacyPolicy>& policies, const Proxy& proxy,
    const std::vector<std::string>& services);

// For connections to a listener with `tags`.
const LegacyPolicy* BestForInbound(const SharedList<LegacyPolicy>& policies, const Tags& tags);
// All of them, the most specific source first.
std::vector<const LegacyPolicy*> AllForInbound(const SharedList<LegacyPolicy>& policies,
                                               const Tags& tags);

// Tags of one port of a gateway: the proxy's, the gateway's and its own.
Tags ListenerTags(const Proxy& proxy, const Gateway& gateway, const Gateway::Port& port);

}  // namespace skyden::matching
