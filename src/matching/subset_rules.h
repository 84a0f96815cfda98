// SPDX-License-Identifier: Apache-2.0
// Rules for peers that are told by their tags: the older form, before services were resources.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "matching/merge.h"
#include "matching/policy.h"
#include "skyden/matching/rules.h"

namespace skyden::matching {

// An element of a list, and the policy that it is from. Both must outlive it.
struct PeerEntry {
  const Policy* policy = nullptr;
  TargetRef target;
  const Json* conf = nullptr;
};

std::vector<PeerEntry> PeerEntries(const Policy& policy, const std::vector<Entry>& entries);

enum class Negations { kNone, kAll };

// `entries` in rising order of precedence; those that tags cannot tell are left out. Rules with
// more tags come first. `http_matches`, if not null, gets what the merged routes match.
absl::StatusOr<std::vector<SubsetRule>> BuildSubsetRules(
    const std::vector<PeerEntry>& entries, Negations negations, ConfShape shape,
    std::map<std::string, std::string>* http_matches);

// Adds the matches of a merged route conf, by hash.
void CollectMatches(const Json& route_conf, std::map<std::string, std::string>& http_matches);

}  // namespace skyden::matching
