// SPDX-License-Identifier: Apache-2.0
// Confs merge as JSON merge patches (RFC 7396): members merge, everything else is replaced. Two
// things differ. Lists whose name begins with "append" are concatenated instead. And routes are
// grouped by hostname, then their rules by what they match: rules that match the same merge, and
// stand where the last of them stood.
#include "matching/merge.h"

#include <algorithm>
#include <string>
#include <utility>

#include "matching/policy.h"

namespace skyden::matching {
namespace {

constexpr std::string_view kAppend = "append";

bool IsAppendedList(std::string_view name, const Json& value) {
  return value.is_array() && name.size() > kAppend.size() && name.starts_with(kAppend) &&
         name[kAppend.size()] >= 'A' && name[kAppend.size()] <= 'Z';
}

Json WithoutNulls(const Json& json) {
  if (!json.is_object()) return json;
  Json out = Json::object();
  for (auto member = json.begin(); member != json.end(); ++member) {
    if (!member->is_null()) out[member.key()] = WithoutNulls(*member);
  }
  return out;
}

void Patch(Json& target, const Json& patch) {
  if (!patch.is_object() || !target.is_object()) {
    target = WithoutNulls(patch);
    return;
  }
  for (auto member = patch.begin(); member != patch.end(); ++member) {
    if (member->is_null()) {
      target.erase(member.key());
    } else if (const auto existing = target.find(member.key()); existing != target.end()) {
      Patch(*existing, *member);
    } else {
      target[member.key()] = WithoutNulls(*member);
    }
  }
}

// Fills the appended lists of `merged`, wherever they are, with those of all `confs`.
void Concatenate(Json& merged, const std::vector<const Json*>& confs) {
  for (auto member = merged.begin(); member != merged.end(); ++member) {
    if (!member->is_object() && !IsAppendedList(member.key(), *member)) continue;
    std::vector<const Json*> parts;
    for (const Json* conf : confs) {
      const Json* part = Member(*conf, member.key());
      if (part != nullptr && part->type() == member->type()) parts.push_back(part);
    }
    if (member->is_object()) {
      Concatenate(*member, parts);
      continue;
    }
    Json list;  // null when all are empty, as a Go slice that nothing was appended to
    for (const Json* part : parts) {
      for (const Json& element : *part) list.push_back(element);
    }
    *member = std::move(list);
  }
}

Json MergePlain(const std::vector<const Json*>& confs) {
  Json merged = *confs.front();
  for (size_t i = 1; i < confs.size(); ++i) Patch(merged, *confs[i]);
  if (merged.is_object()) Concatenate(merged, confs);
  return merged;
}

struct RulesOfMatches {
  const Json* matches = nullptr;
  std::vector<const Json*> confs;
};

// `rules` in rising order of precedence; the result in falling order.
Json MergeRules(const std::vector<const Json*>& rules) {
  static const Json kNull;
  std::vector<RulesOfMatches> groups;
  for (const Json* rule : rules) {
    const Json* matches = Member(*rule, "matches");
    if (matches == nullptr) matches = &kNull;
    RulesOfMatches group{matches, {}};
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const RulesOfMatches& other) {
      return *other.matches == *matches;
    });
    if (same != groups.end()) {
      group.confs = std::move(same->confs);
      groups.erase(same);
    }
    if (const Json* conf = Member(*rule, "default")) group.confs.push_back(conf);
    groups.push_back(std::move(group));
  }
  Json merged = Json::array();
  for (auto group = groups.rbegin(); group != groups.rend(); ++group) {
    Json rule = Json::object();
    rule["matches"] = *group->matches;
    rule["default"] = group->confs.empty() ? Json::object() : MergePlain(group->confs);
    merged.push_back(std::move(rule));
  }
  return merged;
}

struct ConfsOfHostname {
  std::string hostname;  // empty: of those that name none
  std::vector<const Json*> rules;
};

std::vector<Json> MergeRoutes(const std::vector<const Json*>& confs) {
  std::vector<ConfsOfHostname> groups;
  const auto add = [&groups](std::string hostname, const Json& conf) {
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const auto& g) { return g.hostname == hostname; });
    if (group == groups.end()) {
      groups.push_back({std::move(hostname), {}});
      group = std::prev(groups.end());
    }
    if (const Json* rules = Member(conf, "rules")) {
      for (const Json& rule : *rules) group->rules.push_back(&rule);
    }
  };
  for (const Json* conf : confs) {
    const Json* hostnames = Member(*conf, "hostnames");
    if (hostnames == nullptr) {
      add({}, *conf);
      continue;
    }
    for (const Json& hostname : *hostnames) {
      add(hostname.is_string() ? hostname.get<std::string>() : std::string(), *conf);
    }
  }
  std::vector<Json> merged;
  for (const ConfsOfHostname& group : groups) {
    Json conf = Json::object();
    if (!group.rules.empty()) conf["rules"] = MergeRules(group.rules);
    if (!group.hostname.empty()) conf["hostnames"].push_back(group.hostname);
    merged.push_back(std::move(conf));
  }
  return merged;
}

}  // namespace

ConfShape ShapeOf(std::string_view type_name) {
  return type_name == kHttpRoute ? ConfShape::kByHostname : ConfShape::kPlain;
}

std::vector<Json> MergeConfs(const std::vector<const Json*>& confs, ConfShape shape) {
  if (confs.empty()) return {};
  if (shape == ConfShape::kByHostname) return MergeRoutes(confs);
  return {MergePlain(confs)};
}

}  // namespace skyden::matching
