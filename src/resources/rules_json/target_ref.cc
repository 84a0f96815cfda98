// SPDX-License-Identifier: Apache-2.0
// What a kind may carry:
//                        name   tags  labels  namespace  sectionName  proxyTypes
//   Mesh                                                                yes
//   MeshSubset                  yes                                     yes
//   Dataplane            or labels     yes      yes      inbound only
//   MeshService          or labels     yes      yes      yes
//   MeshHTTPRoute        or labels     yes      yes
//   MeshExternalService  or labels     yes      yes
//   MeshMultiZoneService anything
//   MeshServiceSubset    must   yes
//   MeshGateway          must   some policies
// `mesh` is taken by MeshMultiZoneService only.
//
// Of Kuma 3's, whose shapes have labels and sectionName alone, every kind of destination must have
// labels.
#include "resources/rules_json/target_ref.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "resources/rules_json/text.h"

namespace skyden::resources::rules_json {
namespace {

constexpr std::array<std::pair<std::string_view, Kind>, 9> kKindNames = {{
    {"Mesh", Kind::kMesh},
    {"Dataplane", Kind::kDataplane},
    {"MeshSubset", Kind::kMeshSubset},
    {"MeshGateway", Kind::kMeshGateway},
    {"MeshService", Kind::kMeshService},
    {"MeshExternalService", Kind::kMeshExternalService},
    {"MeshMultiZoneService", Kind::kMeshMultiZoneService},
    {"MeshServiceSubset", Kind::kMeshServiceSubset},
    {"MeshHTTPRoute", Kind::kMeshHTTPRoute},
}};

bool AllOf(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [more](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           more.find(c) != std::string_view::npos;
  });
}

bool IsLowerName(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

enum class Selects : uint8_t { kByNameOrLabels, kByLabels };
constexpr model::ByVersion<Selects> kHowToSelect = {{Selects::kByNameOrLabels, Selects::kByLabels}};

enum class TagUse { kDescribes, kSelects };

void CheckTags(const Node& tags, TagUse use, Report& report) {
  std::map<std::string_view, std::string_view> sorted;
  for (const json::Member& tag : tags.members()) sorted[tag.name] = tag.value.text;
  for (const auto& [name, value] : sorted) {
    const Path path = tags.path().Key(name);
    if (name.empty()) report.Add(tags, "tag name must be non-empty");
    if (!AllOf(name, ".-_:/")) {
      report.Add(path,
                 "tag name must consist of alphanumeric characters, dots, dashes, slashes and "
                 "underscores");
    }
    if (value.empty()) report.Add(path, "tag value must be non-empty");
    if (use == TagUse::kDescribes && !AllOf(value, ".-_:")) {
      report.Add(path,
                 "tag value must consist of alphanumeric characters, dots, dashes and "
                 "underscores");
    }
    if (use == TagUse::kSelects && value != "*" && !AllOf(value, ".-_:/")) {
      report.Add(path,
                 "tag value must consist of alphanumeric characters, dots, dashes, slashes and "
                 "underscores or be \"*\"");
    }
  }
}

class Checker {
 public:
  Checker(const Node& ref, const TargetRefRules& rules, Report& report)
      : ref_(ref), rules_(rules), report_(report), kind_(ref["kind"].text()) {}

  void Run() {
    const Kind kind = KindOf(ref_);
    if (kind_.empty()) return report_.Add(ref_["kind"], kMustBeDefined);
    if (std::find(rules_.kinds.begin(), rules_.kinds.end(), kind) == rules_.kinds.end()) {
      return report_.Add(ref_["kind"], rules_.wrong_kind.empty()
                                           ? fmt::format("value '{}' is not supported", kind_)
                                           : std::string(rules_.wrong_kind));
    }
    switch (kind) {
      case Kind::kMesh:
        if (IsSet("name")) {
          report_.Add(ref_["name"],
                      fmt::format("using name with kind {} is not yet supported", kind_));
        }
        Disallow({"mesh", "tags", "labels", "namespace", "sectionName"});
        return CheckProxyTypes();
      case Kind::kDataplane:
        Disallow({"tags", "mesh", "proxyTypes"});
        CheckLabelsOrName("either labels or name and namespace must be specified");
        if (!rules_.inbound && IsSet("sectionName")) {
          report_.Add(ref_["sectionName"], "can only be used with inbound policies");
        }
        return;
      case Kind::kMeshSubset:
        Disallow({"name", "mesh"});
        CheckTags(ref_["tags"], TagUse::kDescribes, report_);
        Disallow({"labels", "namespace", "sectionName"});
        return CheckProxyTypes();
      case Kind::kMeshService:
      case Kind::kMeshHTTPRoute:
        CheckName();
        Disallow({"mesh", "tags", "proxyTypes"});
        if (kind == Kind::kMeshHTTPRoute) Disallow({"sectionName"});
        CheckSelectsSomething();
        return CheckLabelsOrName("either labels or name and namespace must be specified");
      case Kind::kMeshExternalService:
        CheckName();
        Disallow({"mesh", "tags", "proxyTypes"});
        CheckSelectsSomething();
        CheckLabelsOrName("either labels or name must be specified");
        return Disallow({"sectionName"});
      case Kind::kMeshServiceSubset:
      case Kind::kMeshGateway:
        if (!IsSet("name")) {
          report_.Add(ref_["name"], fmt::format("must be set when kind is {}", kind_));
        }
        CheckName();
        Disallow({"mesh", "proxyTypes"});
        CheckTags(ref_["tags"], TagUse::kSelects, report_);
        if (kind == Kind::kMeshGateway && !rules_.gateway_listener_tags) Disallow({"tags"});
        return Disallow({"labels", "namespace", "sectionName"});
      case Kind::kMeshMultiZoneService:
        if (kHowToSelect[report_.version()] == Selects::kByLabels) CheckSelectsSomething();
        return;
      default:
        return;
    }
  }

 private:
  bool IsSet(std::string_view member) const {
    const Node node = ref_[member];
    return node.size() > 0 || !node.text().empty();
  }

  void Disallow(std::initializer_list<std::string_view> members) {
    for (const std::string_view member : members) {
      if (IsSet(member)) {
        report_.Add(ref_[member], fmt::format("must not be set with kind {}", kind_));
      }
    }
  }

  void CheckProxyTypes() {
    const Node types = ref_["proxyTypes"];
    if (types && types.size() == 0) {
      report_.Add(types, "must be undefined or have at least one element");
    }
  }

  void CheckName() {
    const std::string_view name = ref_["name"].text();
    if (!IsLowerName(name) && (rules_.any_name.empty() || name != rules_.any_name)) {
      report_.Add(ref_["name"],
                  "invalid characters: must consist of lower case alphanumeric characters, '-', "
                  "'.' and '_'.");
    }
  }

  void CheckSelectsSomething() {
    if (kHowToSelect[report_.version()] == Selects::kByLabels) {
      if (IsSet("labels")) return;
      return report_.Add(ref_["labels"], fmt::format("must be set when kind is {}", kind_));
    }
    if (!IsSet("labels") && !IsSet("name")) {
      report_.Add(ref_, fmt::format("name or labels must be set when kind is {}", kind_));
    }
  }

  void CheckLabelsOrName(std::string reason) {
    if (IsSet("labels") && (IsSet("name") || IsSet("namespace"))) {
      report_.Add(ref_["labels"], std::move(reason));
    }
  }

  const Node& ref_;
  const TargetRefRules& rules_;
  Report& report_;
  const std::string_view kind_;
};

}  // namespace

Kind KindOf(const Node& target_ref) {
  const std::string_view text = target_ref["kind"].text();
  for (const auto& [name, kind] : kKindNames) {
    if (name == text) return kind;
  }
  return Kind::kNone;
}

Kind TopKind(const Node& spec) {
  const Node ref = spec["targetRef"];
  return ref ? KindOf(ref) : Kind::kMesh;
}

bool IncludesGateways(const Node& spec) {
  const Node ref = spec["targetRef"];
  const Kind kind = TopKind(spec);
  if (kind == Kind::kMeshGateway || kind == Kind::kMeshHTTPRoute) return true;
  if (kind != Kind::kMesh && kind != Kind::kMeshSubset) return false;
  const std::vector<Node> types = ref["proxyTypes"].Items();
  return types.empty() || std::any_of(types.begin(), types.end(),
                                      [](const Node& type) { return type.text() == "Gateway"; });
}

void CheckTargetRef(const Node& ref, const TargetRefRules& rules, Report& report) {
  Checker(ref, rules, report).Run();
}

void CheckTopTargetRef(const Node& spec, const TargetRefRules& rules, Report& report) {
  if (spec.Has("targetRef")) CheckTargetRef(spec["targetRef"], rules, report);
}

bool AffectsInbounds(const Node& spec) {
  return spec["rules"].size() > 0 || spec["from"].size() > 0;
}

void CheckMatch(const Node& match, Report& report) {
  if (const Node spiffe_id = match["spiffeID"]) {
    if (const std::string why = WhyNotSpiffeId(spiffe_id["value"].text()); !why.empty()) {
      report.Add(spiffe_id, fmt::format("must be a valid Spiffe ID: {}", why));
    }
  }
  if (const Node sni = match["sni"]) {
    const Node value = sni["value"];
    if (value.text().empty()) {
      report.Add(value, kMustBeSet);
    } else {
      for (std::string& why : WhyNotDns1123Subdomain(value.text())) {
        report.Add(value, std::move(why));
      }
    }
  }
}

bool CheckRuleMatches(const Node& rule, Report& report) {
  bool has_spiffe_id = false;
  for (const Node& match : rule["matches"].Items()) {
    CheckMatch(match, report);
    if (!match.Has("spiffeID") && !match.Has("sni")) {
      report.Add(match, "must specify at least one of 'spiffeID' or 'sni'");
    }
    has_spiffe_id = has_spiffe_id || match.Has("spiffeID");
  }
  return has_spiffe_id;
}

void CheckBackendRef(const Node& ref, const TargetRefRules& rules, Report& report) {
  CheckTargetRef(ref, rules, report);
  if (KindOf(ref) == Kind::kMeshMultiZoneService && !ref.Has("port")) {
    report.Add(ref["port"], "must be defined with kind MeshMultiZoneService");
  }
}

void WarnAboutTopKind(const Node& spec, std::vector<std::string>& warnings) {
  const std::string_view kind = spec["targetRef"]["kind"].text();
  switch (KindOf(spec["targetRef"])) {
    case Kind::kMeshService:
    case Kind::kMeshServiceSubset:
    case Kind::kMeshSubset:
      warnings.push_back(fmt::format(
          "{} value for 'targetRef.kind' is deprecated, use Dataplane with labels instead", kind));
      return;
    case Kind::kMeshHTTPRoute:
      warnings.push_back(
          "MeshHTTPRoute value for 'targetRef.kind' is deprecated, use MeshHTTPRoute in "
          "spec.to[].targetRef");
      return;
    default:
      return;
  }
}

void WarnAboutFrom(const Node& spec, std::string_view sentence,
                   std::vector<std::string>& warnings) {
  if (spec["from"].size() > 0) warnings.emplace_back(sentence);
}

}  // namespace skyden::resources::rules_json
