// SPDX-License-Identifier: Apache-2.0
// An entry names its target, or gives labels that several have, and perhaps a port. A name of the
// form service_namespace_svc_port is how services were named before they were resources.
#include "matching/resource_rules.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "matching/subset_rules.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::matching {
namespace {

struct ToEntry {
  const Policy* policy;
  const Entry* entry;
  size_t index;
};

// An entry and one of the things that it means.
struct ResolvedEntry {
  const ToEntry* entry;
  const Target* target;
  std::string section;
};

int CompareEntries(const Entry& a, const Entry& b) {
  if (a.target.kind != b.target.kind) return a.target.kind < b.target.kind ? -1 : 1;
  if (a.target.kind != TargetKind::kMeshService) return 0;
  return static_cast<int>(!a.target.section.empty()) - static_cast<int>(!b.target.section.empty());
}

std::vector<ToEntry> SortedEntries(const std::vector<const Policy*>& policies) {
  std::vector<ToEntry> entries;
  for (const Policy* policy : policies) {
    for (size_t i = 0; i < policy->to.size(); ++i) entries.push_back({policy, &policy->to[i], i});
  }
  std::stable_sort(entries.begin(), entries.end(), [](const ToEntry& a, const ToEntry& b) {
    int order = ComparePolicies(*a.policy, *b.policy);
    if (order == 0) order = CompareEntries(*a.entry, *b.entry);
    if (order == 0) order = CompareNames(*a.policy, *b.policy);
    return order < 0;
  });
  return entries;
}

struct OldServiceName {
  Tags labels;
  int32_t port = 0;  // 0: any
};

std::optional<OldServiceName> ReadOldServiceName(const TargetRef& target) {
  if (target.kind != TargetKind::kMeshService || !target.section.empty()) return std::nullopt;
  const std::vector<std::string> parts = absl::StrSplit(target.name, '_');
  OldServiceName name;
  if (parts.size() == 4) {
    if (!absl::SimpleAtoi(parts[3], &name.port)) return std::nullopt;
  } else if (parts.size() != 3) {
    return std::nullopt;
  }
  name.labels = {{std::string(model::kNamespaceLabel), parts[1]},
                 {std::string(model::kDisplayNameLabel), parts[0]}};
  return name;
}

const Target::Port* FindPort(const Target& target, int32_t number, std::string_view section) {
  const auto port =
      std::find_if(target.ports.begin(), target.ports.end(), [&](const Target::Port& candidate) {
        return number != 0 ? candidate.value == number : candidate.name == section;
      });
  return port == target.ports.end() ? nullptr : &*port;
}

bool CanBeTarget(TargetKind kind) {
  switch (kind) {
    case TargetKind::kMesh:
    case TargetKind::kMeshService:
    case TargetKind::kMeshExternalService:
    case TargetKind::kMeshMultiZoneService:
    case TargetKind::kMeshHttpRoute:
      return true;
    default:
      return false;
  }
}

// No labels at all are as good as none in Kuma 2, and select everything in Kuma 3.
bool SelectsByLabels(const TargetRef& target, TargetRefDialect dialect) {
  return target.labels && target.kind != TargetKind::kMesh &&
         (dialect == TargetRefDialect::kThree || !target.labels->empty());
}

void ResolveEntry(const MeshModel& mesh, const ToEntry& entry,
                  std::vector<ResolvedEntry>& resolved) {
  const TargetIndex& index = *mesh.data().index;
  const TargetRef& target = entry.entry->target;
  if (!CanBeTarget(target.kind)) return;
  const std::optional<OldServiceName> old_name = ReadOldServiceName(target);
  std::vector<const Target*> targets;
  if (old_name) {
    targets = index.WithLabels(target.kind_name, old_name->labels);
  } else if (SelectsByLabels(target, mesh.data().table->targets)) {
    targets = index.WithLabels(target.kind_name, *target.labels);
  } else if (const Target* found = index.Find(Resolve(target, entry.policy->id))) {
    targets.push_back(found);
  }
  const int32_t number = old_name ? old_name->port : 0;
  const std::string_view section = old_name ? std::string_view() : target.section;
  for (const Target* found : targets) {
    if ((number == 0 && section.empty()) || !found->has_ports) {
      resolved.push_back({&entry, found, {}});
    } else if (const Target::Port* port = FindPort(*found, number, section)) {
      resolved.push_back({&entry, found, port->name});
    }
  }
}

// Whether what `entry` says counts for a section (or all, when empty) of its own target.
bool CountsFor(const ResolvedEntry& entry, std::string_view section) {
  if (entry.target->any_port_name || !entry.target->has_ports) return true;
  return entry.section == section || (entry.section.empty() && !section.empty());
}

std::vector<Origin> OriginsOf(const std::vector<const ToEntry*>& entries) {
  std::vector<Origin> origins;
  for (const ToEntry* entry : entries) {
    const auto same = [&](const Origin& other) {
      return other.index == entry->index && other.policy->key == entry->policy->resource->key;
    };
    if (std::none_of(origins.begin(), origins.end(), same)) {
      origins.push_back({entry->policy->resource, entry->index});
    }
  }
  return origins;
}

// Which policy a rule of a route is from: the last that has a rule with the same matches.
Item OriginOfMatches(const Json& matches, const std::vector<const ToEntry*>& entries) {
  Item origin;
  for (const ToEntry* entry : entries) {
    const Json* rules = Member(entry->entry->conf, "rules");
    if (rules == nullptr) continue;
    for (const Json& rule : *rules) {
      const Json* theirs = Member(rule, "matches");
      if (theirs != nullptr && *theirs == matches) origin = entry->policy->resource;
    }
  }
  return origin;
}

void AddRoutes(std::string_view type, const Json& conf, const std::vector<const ToEntry*>& entries,
               std::vector<ResourceRule::Route>& routes) {
  if (type == kTcpRoute) {
    const Json* rule_conf = Member(conf, "default");
    routes.push_back({{}, rule_conf == nullptr ? "{}" : Text(*rule_conf), nullptr});
  }
  const Json* rules = type == kHttpRoute ? Member(conf, "rules") : nullptr;
  if (rules == nullptr) return;
  for (const Json& rule : *rules) {
    routes.push_back({Text(rule.at("matches")), Text(rule.at("default")),
                      OriginOfMatches(rule.at("matches"), entries)});
  }
}

}  // namespace

ResourceRules BuildResourceRules(const MeshModel& mesh, const std::vector<const Policy*>& policies,
                                 ConfShape shape,
                                 std::map<std::string, std::string>* http_matches) {
  const std::vector<ToEntry> entries = SortedEntries(policies);
  std::vector<ResolvedEntry> resolved;
  for (const ToEntry& entry : entries) ResolveEntry(mesh, entry, resolved);

  // Numbers of resolved entries: of the mesh, and of each target.
  std::vector<size_t> of_mesh;
  std::map<const Target*, std::vector<size_t>> of_target;
  const Target* mesh_target = mesh.data().mesh_target.get();
  for (size_t i = 0; i < resolved.size(); ++i) {
    (resolved[i].target == mesh_target ? of_mesh : of_target[resolved[i].target]).push_back(i);
  }
  std::map<std::pair<const Target*, std::string>, bool> named;
  for (const ResolvedEntry& entry : resolved) named[{entry.target, entry.section}] = true;

  ResourceRules rules;
  for (const auto& [name, unused] : named) {
    const auto& [target, section] = name;
    std::vector<size_t> numbers = of_mesh;
    for (const size_t number : of_target[target]) {
      if (CountsFor(resolved[number], section)) numbers.push_back(number);
    }
    std::sort(numbers.begin(), numbers.end());
    std::vector<const ToEntry*> relevant;
    std::vector<const Json*> confs;
    for (const size_t number : numbers) {
      relevant.push_back(resolved[number].entry);
      confs.push_back(&resolved[number].entry->entry->conf);
    }
    if (relevant.empty()) continue;
    ResourceRule rule{target->resource, section, {}, OriginsOf(relevant), {}};
    for (const Json& conf : MergeConfs(confs, shape)) {
      if (http_matches != nullptr) CollectMatches(conf, *http_matches);
      rule.confs.push_back(Text(conf));
      AddRoutes(relevant.front()->policy->type->name, conf, relevant, rule.routes);
    }
    rules.insert_or_assign(target->id.WithSection(section), std::move(rule));
  }
  return rules;
}

}  // namespace skyden::matching
