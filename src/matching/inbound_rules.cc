// SPDX-License-Identifier: Apache-2.0
// Rules are not merged: they are tried in turn. What matches a client's identity comes before what
// matches the asked-for name, and that before what matches everything.
#include "matching/inbound_rules.h"

#include <algorithm>

namespace skyden::matching {
namespace {

struct Line {
  const Policy* policy;
  size_t index;
  const Json* match;  // nullptr: all traffic
  const Json* conf;
};

void AddLines(const Policy& policy, std::vector<Line>& lines) {
  for (size_t i = 0; i < policy.rules.size(); ++i) {
    const InboundEntry& rule = policy.rules[i];
    if (rule.matches.empty()) lines.push_back({&policy, i, nullptr, &rule.conf});
    for (const Json& match : rule.matches) lines.push_back({&policy, i, &match, &rule.conf});
  }
  if (!policy.rules.empty() || !policy.type->is_from_as_rules) return;
  for (size_t i = 0; i < policy.from.size(); ++i) {
    lines.push_back({&policy, i, nullptr, &policy.from[i].conf});
  }
}

constexpr int kMatchesAll = 7;

// The smaller, the earlier.
int PlaceOf(const Json* match) {
  if (match == nullptr) return kMatchesAll;
  const Json* spiffe = Member(*match, "spiffeID");
  const bool has_sni = Member(*match, "sni") != nullptr;
  int rank = 3;
  if (spiffe != nullptr) {
    const std::string type = StringMember(*spiffe, "type");
    rank = type == "Exact" ? 0 : type == "Prefix" ? 1 : 2;
  }
  return 2 * rank + (has_sni ? 0 : 1);
}

}  // namespace

std::vector<InboundRule> BuildInboundRules(const std::vector<const Policy*>& policies) {
  std::vector<const Policy*> sorted = policies;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Policy* a, const Policy* b) {
    const int order = ComparePolicies(*a, *b);
    return order != 0 ? order < 0 : CompareNames(*a, *b) < 0;
  });
  std::vector<Line> lines;
  for (const Policy* policy : sorted) AddLines(*policy, lines);
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return PlaceOf(a.match) < PlaceOf(b.match);
  });
  std::vector<InboundRule> rules;
  for (const Line& line : lines) {
    rules.push_back({line.match == nullptr ? std::string() : Text(*line.match),
                     Text(*line.conf),
                     {line.policy->resource, line.index}});
  }
  return rules;
}

}  // namespace skyden::matching
