// SPDX-License-Identifier: Apache-2.0
#include "matching/subset_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "matching/subset.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::matching {
namespace {

struct TaggedEntry {
  const PeerEntry* entry;
  Subset subset;
};

absl::StatusOr<std::vector<TaggedEntry>> TellByTags(const std::vector<PeerEntry>& entries) {
  std::vector<TaggedEntry> tagged;
  for (const PeerEntry& entry : entries) {
    if (!IsSelectedByTags(entry.target.kind)) continue;
    std::optional<Tags> tags = TagsOf(entry.target);
    if (!tags) {
      return absl::InvalidArgumentError(
          fmt::format("can't represent {} as tags", entry.target.kind_name));
    }
    tagged.push_back({&entry, ToSubset(*tags)});
  }
  return tagged;
}

// Each policy once, where it first counts.
std::vector<Item> OriginsOf(const std::vector<const PeerEntry*>& entries) {
  std::vector<Item> origins;
  for (const PeerEntry* entry : entries) {
    const Item& resource = entry->policy->resource;
    const auto same = [&](const Item& other) { return other->key == resource->key; };
    if (std::none_of(origins.begin(), origins.end(), same)) origins.push_back(resource);
  }
  return origins;
}

// Who needs no splitting: nobody is left out by a negation, and at most one key tells them apart.
bool AreSimple(const std::vector<TaggedEntry>& entries, Negations negations) {
  if (negations == Negations::kAll) return false;
  std::set<std::string_view> keys;
  for (const TaggedEntry& entry : entries) {
    for (const SubsetTag& tag : entry.subset) keys.insert(tag.key);
  }
  return keys.size() <= 1;
}

std::vector<Subset> DistinctSubsets(const std::vector<TaggedEntry>& entries) {
  std::vector<Subset> subsets;
  for (const TaggedEntry& entry : entries) {
    if (std::find(subsets.begin(), subsets.end(), entry.subset) == subsets.end()) {
      subsets.push_back(entry.subset);
    }
  }
  return subsets;
}

}  // namespace

std::vector<PeerEntry> PeerEntries(const Policy& policy, const std::vector<Entry>& entries) {
  std::vector<PeerEntry> peers;
  for (const Entry& entry : entries) peers.push_back({&policy, entry.target, &entry.conf});
  return peers;
}

void CollectMatches(const Json& route_conf, std::map<std::string, std::string>& http_matches) {
  const Json* rules = Member(route_conf, "rules");
  if (rules == nullptr) return;
  for (const Json& rule : *rules) {
    if (const Json* matches = Member(rule, "matches")) {
      http_matches[HashOfMatches(*matches)] = Text(*matches);
    }
  }
}

absl::StatusOr<std::vector<SubsetRule>> BuildSubsetRules(
    const std::vector<PeerEntry>& entries, Negations negations, ConfShape shape,
    std::map<std::string, std::string>* http_matches) {
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<TaggedEntry> tagged, TellByTags(entries));
  if (tagged.empty()) return std::vector<SubsetRule>();
  const bool simple = AreSimple(tagged, negations);
  std::vector<Subset> parts;
  if (simple) {
    parts = DistinctSubsets(tagged);
  } else {
    std::vector<Subset> subsets;
    for (const TaggedEntry& entry : tagged) subsets.push_back(entry.subset);
    SKYDEN_ASSIGN_OR_RETURN(parts, SplitIntoParts(subsets));
  }
  if (parts.size() * tagged.size() > base::limits::kRuleWork) {
    return absl::ResourceExhaustedError(
        fmt::format("{} entries split their peers into {} parts", tagged.size(), parts.size()));
  }
  std::vector<SubsetRule> rules;
  for (const Subset& part : parts) {
    std::vector<const PeerEntry*> relevant;
    std::vector<const Json*> confs;
    for (const TaggedEntry& entry : tagged) {
      if (!Covers(entry.subset, part)) continue;
      relevant.push_back(entry.entry);
      confs.push_back(entry.entry->conf);
    }
    if (relevant.empty()) continue;
    const std::vector<Item> origins = OriginsOf(relevant);
    for (const Json& conf : MergeConfs(confs, shape)) {
      if (http_matches != nullptr) CollectMatches(conf, *http_matches);
      rules.push_back({part, Text(conf), origins});
    }
  }
  std::stable_sort(rules.begin(), rules.end(), [simple](const SubsetRule& a, const SubsetRule& b) {
    return simple ? a.subset.size() > b.subset.size()
                  : PositiveTags(a.subset) > PositiveTags(b.subset);
  });
  return rules;
}

}  // namespace skyden::matching
