// SPDX-License-Identifier: Apache-2.0
#include "matching/legacy.h"

#include <algorithm>
#include <optional>

#include "skyden/model/kuma_labels.h"

namespace skyden::matching {
namespace {

bool IsNewer(const LegacyPolicy& a, const LegacyPolicy& b) {
  return a.resource->creation_time > b.resource->creation_time;
}

// The most specific source that the proxy is.
std::optional<Rank> SourceRank(const LegacyPolicy& policy, const Proxy& proxy) {
  std::optional<Rank> best;
  for (const Tags& source : policy.sources) {
    if (!proxy.HasTags(source)) continue;
    const Rank rank = RankOf(source);
    if (!best || rank > *best) best = rank;
  }
  return best;
}

}  // namespace

Rank RankOf(const Tags& selector) {
  Rank rank;
  for (const auto& [key, value] : selector) ++(value == "*" ? rank.any_value : rank.exact);
  return rank;
}

const LegacyPolicy* BestForProxy(const SharedList<LegacyPolicy>& policies, const Proxy& proxy) {
  BestProxyPolicy<LegacyPolicy> best;
  for (const auto& policy : policies) {
    best.Consider(*policy, policy->selectors,
                  [&](const Tags& selector) { return proxy.HasTags(selector); });
  }
  return best.get();
}

std::map<std::string, const LegacyPolicy*> BestForServices(
    const SharedList<LegacyPolicy>& policies, const Proxy& proxy,
    const std::vector<std::string>& services) {
  struct Best {
    const LegacyPolicy* policy = nullptr;
    Rank rank;
  };
  std::map<std::string, Best> best;
  for (const auto& policy : policies) {
    const std::optional<Rank> source = SourceRank(*policy, proxy);
    if (!source) continue;
    for (const std::string& service : services) {
      const Tags tags = {{std::string(model::kServiceTag), service}};
      for (const Tags& destination : policy->destinations) {
        if (!Selects(destination, tags)) continue;
        const Rank rank = RankOf(destination) + *source;
        Best& so_far = best[service];
        if (so_far.policy == nullptr || rank > so_far.rank ||
            (rank == so_far.rank && IsNewer(*policy, *so_far.policy))) {
          so_far = {policy.get(), rank};
        }
      }
    }
  }
  std::map<std::string, const LegacyPolicy*> chosen;
  for (const auto& [service, entry] : best) chosen[service] = entry.policy;
  return chosen;
}

const LegacyPolicy* BestForInbound(const SharedList<LegacyPolicy>& policies, const Tags& tags) {
  const LegacyPolicy* best = nullptr;
  Rank best_rank;
  for (const auto& policy : policies) {
    for (const Tags& destination : policy->destinations) {
      if (!Selects(destination, tags)) continue;
      const Rank rank = RankOf(destination);
      if (best == nullptr || rank > best_rank || (rank == best_rank && IsNewer(*policy, *best))) {
        best = policy.get();
        best_rank = rank;
      }
    }
  }
  return best;
}

std::vector<const LegacyPolicy*> AllForInbound(const SharedList<LegacyPolicy>& policies,
                                               const Tags& tags) {
  std::vector<const LegacyPolicy*> all;
  for (const auto& policy : policies) {
    for (const Tags& destination : policy->destinations) {
      if (Selects(destination, tags)) all.push_back(policy.get());
    }
  }
  const auto rank = [](const LegacyPolicy* policy) {
    return policy->sources.empty() ? Rank() : RankOf(policy->sources.front());
  };
  std::stable_sort(all.begin(), all.end(), [&](const LegacyPolicy* a, const LegacyPolicy* b) {
    if (rank(a) == rank(b)) return IsNewer(*a, *b);
    return rank(a) > rank(b);
  });
  return all;
}

Tags ListenerTags(const Proxy& proxy, const Gateway& gateway, const Gateway::Port& port) {
  Tags tags = proxy.gateway_tags;
  for (const Tags* more : {&gateway.tags, &port.tags}) {
    for (const auto& [key, value] : *more) tags[key] = value;
  }
  return tags;
}

}  // namespace skyden::matching
