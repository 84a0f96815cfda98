// SPDX-License-Identifier: Apache-2.0
// The conf of an entry is its `default`, but for routes. An entry of MeshHTTPRoute becomes
// {"rules": [...], "hostnames": [...]} with its rules reversed: merging lets later ones win, and of
// a route's rules the first does. MergeConfs reverses them again. An entry of MeshTCPRoute becomes
// its only rule.
#include "matching/policy.h"

#include <algorithm>
#include <utility>

#include "matching/rule_table.h"
#include "skyden/base/crypto.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::matching {
namespace {

int OriginRank(std::string_view origin) {
  if (origin == model::kOriginGlobal) return 1;
  if (origin.empty()) return 2;
  if (origin == model::kOriginZone) return 3;
  return 0;
}

int RoleRank(std::string_view role) {
  if (role.empty() || role == "system") return 1;
  if (role == "producer") return 2;
  if (role == "consumer") return 3;
  if (role == "workload-owner") return 4;
  return 0;
}

// The elements of a list that may not be there.
std::vector<const Json*> Elements(const Json& json, std::string_view name) {
  std::vector<const Json*> elements;
  const Json* list = Member(json, name);
  if (list == nullptr || !list->is_array()) return elements;
  for (const Json& element : *list) elements.push_back(&element);
  return elements;
}

Json DefaultOf(const Json& entry) {
  const Json* conf = Member(entry, "default");
  return conf == nullptr || conf->is_null() ? Json::object() : *conf;
}

Json HttpRouteConf(const Json& entry) {
  Json conf = Json::object();
  const std::vector<const Json*> rules = Elements(entry, "rules");
  if (!rules.empty()) {
    Json reversed = Json::array();
    for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) reversed.push_back(**rule);
    conf["rules"] = std::move(reversed);
  }
  const Json* hostnames = Member(entry, "hostnames");
  if (hostnames != nullptr && hostnames->is_array() && !hostnames->empty()) {
    conf["hostnames"] = *hostnames;
  }
  return conf;
}

Json TcpRouteConf(const Json& entry) {
  const std::vector<const Json*> rules = Elements(entry, "rules");
  if (!rules.empty()) return *rules.front();
  Json backend = Json::object();
  if (const Json* target = Member(entry, "targetRef")) backend = *target;
  backend["weight"] = 1;
  Json conf = Json::object();
  conf["default"]["backendRefs"].push_back(std::move(backend));
  return conf;
}

Json ConfOf(const model::TypeDescriptor& type, const Json& entry) {
  if (type.name == kHttpRoute) return HttpRouteConf(entry);
  if (type.name == kTcpRoute) return TcpRouteConf(entry);
  return DefaultOf(entry);
}

std::vector<Entry> ReadEntries(const model::TypeDescriptor& type, const Json& spec,
                               std::string_view name, const RuleTable& table) {
  std::vector<Entry> entries;
  for (const Json* entry : Elements(spec, name)) {
    entries.push_back(
        {ReadTargetRef(Member(*entry, "targetRef"), table.targets), ConfOf(type, *entry)});
  }
  return entries;
}

std::vector<InboundEntry> ReadRules(const Json& spec) {
  std::vector<InboundEntry> rules;
  for (const Json* rule : Elements(spec, "rules")) {
    InboundEntry entry{{}, DefaultOf(*rule)};
    for (const Json* match : Elements(*rule, "matches")) entry.matches.push_back(*match);
    rules.push_back(std::move(entry));
  }
  return rules;
}

// As Go's encoding/json writes a string's characters that mean something in HTML.
std::string EscapedForHtml(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '<') {
      out += "\\u003c";
    } else if (c == '>') {
      out += "\\u003e";
    } else if (c == '&') {
      out += "\\u0026";
    } else if (json.compare(i, 3, "\u2028") == 0 || json.compare(i, 3, "\u2029") == 0) {
      out += json[i + 2] == '\xa8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace

bool HasSingleConf(const model::TypeDescriptor& type) {
  return type.is_target_ref_policy && !type.has_to_target_ref && !type.has_from_target_ref &&
         !type.has_rules_target_ref;
}

std::shared_ptr<const Policy> ReadPolicy(const model::TypeDescriptor& type, Item resource,
                                         const RuleTable& table) {
  const Json spec = resource->spec.empty() ? Json::object() : ParseJson(resource->spec);
  if (spec.is_discarded()) return nullptr;
  auto policy = std::make_shared<Policy>();
  policy->type = &type;
  policy->target = ReadTargetRef(Member(spec, "targetRef"), table.targets);
  if (type.has_to_target_ref) policy->to = ReadEntries(type, spec, "to", table);
  if (type.has_from_target_ref && table.tells_by_tags) {
    policy->from = ReadEntries(type, spec, "from", table);
  }
  if (type.has_rules_target_ref) policy->rules = ReadRules(spec);
  if (HasSingleConf(type)) policy->conf = DefaultOf(spec);
  policy->id = IdentifierOf(type, *resource);
  policy->display_name = DisplayName(*resource);
  policy->origin_rank = OriginRank(model::LabelOf(resource->labels, model::kOriginLabel));
  policy->role_rank = RoleRank(model::LabelOf(resource->labels, model::kPolicyRoleLabel));
  policy->shadow = model::LabelOf(resource->labels, model::kEffectLabel) == "shadow";
  policy->resource = std::move(resource);
  return policy;
}

int ComparePolicies(const Policy& a, const Policy& b) {
  if (const int order = CompareTargets(a.target, b.target); order != 0) return order;
  if (a.origin_rank != b.origin_rank) return a.origin_rank - b.origin_rank;
  return a.role_rank - b.role_rank;
}

int CompareNames(const Policy& a, const Policy& b) {
  return b.display_name.compare(a.display_name);
}

bool IsReferenced(const model::Resource& from, std::string_view name,
                  const model::Resource& resource) {
  return from.key.mesh == resource.key.mesh && name == DisplayName(resource);
}

std::string HashOfMatches(const Json& matches) {
  const auto hash = base::Sha256(EscapedForHtml(Text(matches)));
  return base::Base64Encode(
      std::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

}  // namespace skyden::matching
