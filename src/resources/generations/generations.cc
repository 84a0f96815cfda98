// SPDX-License-Identifier: Apache-2.0
// What a generation refuses, it refuses aloud, and that is left to it. Mended here is what it
// would take without a word and with another meaning:
//
// - `targetRef.proxyTypes` and `from`, which Kuma 3 does not know;
// - `rules` beside `to`, where a type does not have both in one policy: it becomes two policies;
// - a Dataplane by name, where Kuma 3 drops the name and selects every proxy;
// - `hashPolicies` inside a load balancer's own settings;
// - what a zone says by name of its own services, which Kuma 3 selects by labels.
#include "skyden/resources/generations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "skyden/model/kuma_labels.h"

namespace skyden::resources {
namespace {

using Json = nlohmann::ordered_json;

// How many entries of `from` can become `rules`: they must concern every client.
enum class FromAs { kNothing, kOneRule, kRules };

// What the generations take of a type's lists. Types that are not here have one list.
struct Lists {
  std::string_view type;
  FromAs from = FromAs::kNothing;
  std::array<bool, 2> rules_beside_to = {false, false};  // by generation
  bool rules_select_dataplanes = false;                  // not the mesh
};
constexpr Lists kLists[] = {
    {"MeshAccessLog", FromAs::kRules},
    {"MeshCircuitBreaker", FromAs::kRules, {false, true}},
    // Of several entries 2.x makes one conf; of rules the first that matches counts.
    {"MeshFaultInjection", FromAs::kOneRule, {true, true}},
    {"MeshRateLimit", FromAs::kRules, {false, false}, true},
    {"MeshTLS", FromAs::kRules, {true, true}},
    {"MeshTimeout", FromAs::kRules},
};

// The default policy of a mesh whose second half Kuma 3 knows by a name of its own.
constexpr std::string_view kDefaultTimeoutsType = "MeshTimeout";
constexpr std::string_view kDefaultTimeouts = "mesh-timeout-all-";
constexpr std::string_view kDefaultTimeoutsTo = "mesh-timeout-to-all-";
constexpr std::string_view kTwinSuffix = "-outbound";

const Lists& ListsOf(const model::TypeDescriptor& type) {
  static constexpr Lists kNone{};
  for (const Lists& lists : kLists) {
    if (lists.type == type.name) return lists;
  }
  return kNone;
}

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// False for nearly all policies, without reading them.
bool MayDiffer(Generation generation, const Lists& lists, const model::Resource& resource) {
  const std::string_view spec = resource.spec;
  if (!lists.rules_beside_to[static_cast<size_t>(generation)] && Has(spec, R"("rules")") &&
      Has(spec, R"("to")") && !lists.type.empty()) {
    return true;
  }
  if (generation == Generation::kTwo) return false;
  return Has(spec, R"("proxyTypes")") || Has(spec, R"("from")") || Has(spec, R"("Dataplane")") ||
         Has(spec, R"("hashPolicies")") || (!resource.zone.empty() && Has(spec, R"("name")"));
}

Json* Find(Json& json, std::string_view name) {
  if (!json.is_object()) return nullptr;
  const auto found = json.find(std::string(name));
  return found == json.end() ? nullptr : &*found;
}

std::string TextOf(Json& json, std::string_view name) {
  const Json* text = Find(json, name);
  return text != nullptr && text->is_string() ? text->get<std::string>() : std::string();
}

bool HasItems(Json& spec, std::string_view name) {
  const Json* list = Find(spec, name);
  return list != nullptr && list->is_array() && !list->empty();
}

class Reader {
 public:
  Reader(const Lists& lists, const model::Resource& resource, Json& spec)
      : lists_(lists), resource_(resource), spec_(spec) {}

  // Makes of `spec` what Kuma 3 reads as 2.x reads it now. False when nothing can say that.
  bool ToThree() {
    if (!ReadTargetRef()) return false;
    if (Json* from = Find(spec_, "from"); from != nullptr) ReadFrom(*from);
    if (lists_.rules_select_dataplanes && HasItems(spec_, "rules")) SelectDataplanes();
    if (Json* to = Find(spec_, "to"); to != nullptr && to->is_array()) {
      for (Json& entry : *to) LiftHashPolicies(entry);
    }
    if (!resource_.zone.empty()) NameByLabels(spec_);
    return true;
  }

  bool changed() const { return changed_; }

 private:
  bool ReadTargetRef() {
    Json* target = Find(spec_, "targetRef");
    if (target == nullptr || !target->is_object()) return true;
    if (const Json* types = Find(*target, "proxyTypes"); types != nullptr) {
      const bool sidecars = !types->is_array() || types->empty() ||
                            std::find(types->begin(), types->end(), "Sidecar") != types->end();
      if (!sidecars) return false;
      target->erase("proxyTypes");
      changed_ = true;
    }
    // A name means a proxy of the zone that the policy was made in, so never one of another zone.
    return TextOf(*target, "kind") != "Dataplane" ||
           (TextOf(*target, "name").empty() && TextOf(*target, "namespace").empty());
  }

  void ReadFrom(Json& from) {
    const bool is_for_all =
        from.is_array() && std::all_of(from.begin(), from.end(), [](Json& entry) {
          Json* target = Find(entry, "targetRef");
          return target != nullptr && TextOf(*target, "kind") == "Mesh";
        });
    Json rules = Json::array();
    const bool can_be_said = is_for_all && (lists_.from == FromAs::kRules ||
                                            (lists_.from == FromAs::kOneRule && from.size() == 1));
    if (can_be_said) {
      for (Json& entry : from) {
        const Json* conf = Find(entry, "default");
        Json rule = Json::object();
        rule["default"] = conf == nullptr ? Json::object() : *conf;
        rules.push_back(std::move(rule));
      }
    }
    spec_.erase("from");
    // 2.x, too, looks at `from` only where there are no rules.
    if (!rules.empty() && !HasItems(spec_, "rules")) spec_["rules"] = std::move(rules);
    changed_ = true;
  }

  void SelectDataplanes() {
    Json* target = Find(spec_, "targetRef");
    if (target != nullptr && TextOf(*target, "kind") != "Mesh") return;
    spec_["targetRef"] = Json::object({{"kind", "Dataplane"}});
    changed_ = true;
  }

  void LiftHashPolicies(Json& entry) {
    Json* conf = Find(entry, "default");
    Json* balancer = conf == nullptr ? nullptr : Find(*conf, "loadBalancer");
    if (balancer == nullptr) return;
    for (const std::string_view kind : {"ringHash", "maglev"}) {
      Json* settings = Find(*balancer, kind);
      Json* policies = settings == nullptr ? nullptr : Find(*settings, "hashPolicies");
      if (policies == nullptr) continue;
      Json lifted = std::move(*policies);
      settings->erase("hashPolicies");
      changed_ = true;
      if (Find(*conf, "hashPolicies") != nullptr) continue;  // those count
      (*conf)["hashPolicies"] = std::move(lifted);
      return LiftSourceAddresses((*conf)["hashPolicies"]);
    }
  }

  static void LiftSourceAddresses(Json& policies) {
    if (!policies.is_array()) return;
    for (Json& policy : policies) {
      if (TextOf(policy, "type") != "SourceIP") continue;
      policy["type"] = "Connection";
      policy["connection"] = Json::object({{"sourceIP", true}});
    }
  }

  // In 2.x a name is one of the policy's own zone and, unless it says otherwise, namespace.
  void NameByLabels(Json& json) {
    const std::string kind = TextOf(json, "kind");
    const std::string name = TextOf(json, "name");
    if ((kind == "MeshService" || kind == "MeshHTTPRoute") && !name.empty()) {
      std::string name_space = TextOf(json, "namespace");
      if (name_space.empty()) name_space = model::LabelOf(resource_.labels, model::kNamespaceLabel);
      Json wanted = Json::object();
      wanted[std::string(model::kDisplayNameLabel)] = name;
      if (!name_space.empty()) wanted[std::string(model::kNamespaceLabel)] = name_space;
      wanted[std::string(model::kZoneLabel)] = resource_.zone;
      json.erase("name");
      json.erase("namespace");
      json["labels"] = std::move(wanted);
      changed_ = true;
    }
    if (!json.is_structured()) return;
    for (Json& below : json) NameByLabels(below);
  }

  const Lists& lists_;
  const model::Resource& resource_;
  Json& spec_;
  bool changed_ = false;
};

bool IsDefaultTimeouts(const model::TypeDescriptor& type, const model::ResourceKey& key) {
  return type.name == kDefaultTimeoutsType &&
         key.name == fmt::format("{}{}", kDefaultTimeouts, key.mesh);
}

std::string Print(const Json& spec) {
  return spec.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The half with `rules` keeps the name.
std::vector<Form> Halves(const model::TypeDescriptor& type, const model::Resource& resource,
                         Json spec) {
  Json to = spec;
  to.erase("rules");
  spec.erase("to");
  const bool is_default = IsDefaultTimeouts(type, resource.key);
  std::vector<Form> halves = {
      {resource, Form::Kind::kWhole},
      {resource, is_default ? Form::Kind::kDefaultTwin : Form::Kind::kTwin}};
  halves[0].resource.spec = Print(spec);
  model::Resource& twin = halves[1].resource;
  twin.spec = Print(to);
  const auto rename = [&](std::string_view name) {
    return is_default ? fmt::format("{}{}", kDefaultTimeoutsTo, twin.key.mesh)
                      : fmt::format("{}{}", name, kTwinSuffix);
  };
  twin.key.name = rename(twin.key.name);
  const std::string display_name(model::LabelOf(twin.labels, model::kDisplayNameLabel));
  if (!display_name.empty()) {
    twin.labels.insert_or_assign(model::kDisplayNameLabel, rename(display_name));
  }
  return halves;
}

}  // namespace

Generation GenerationOf(std::string_view version) {
  unsigned major = 0;
  size_t digits = 0;
  while (digits < version.size() && digits < 4 && version[digits] >= '0' &&
         version[digits] <= '9') {
    major = major * 10 + static_cast<unsigned>(version[digits++] - '0');
  }
  const bool is_number = digits > 0 && digits < version.size() && version[digits] == '.';
  return is_number && major >= 3 ? Generation::kThree : Generation::kTwo;
}

std::optional<std::vector<Form>> FormsFor(Generation generation, const model::TypeDescriptor& type,
                                          const model::Resource& resource) {
  if (!type.is_target_ref_policy) return std::nullopt;
  const Lists& lists = ListsOf(type);
  if (!MayDiffer(generation, lists, resource)) return std::nullopt;
  Json spec = Json::parse(resource.spec, nullptr, /*allow_exceptions=*/false);
  if (!spec.is_object()) return std::nullopt;
  Reader reader(lists, resource, spec);
  if (generation == Generation::kThree && !reader.ToThree()) return std::vector<Form>();
  if (!lists.type.empty() && !lists.rules_beside_to[static_cast<size_t>(generation)] &&
      HasItems(spec, "rules") && HasItems(spec, "to")) {
    return Halves(type, resource, std::move(spec));
  }
  if (!reader.changed()) return std::nullopt;
  std::vector<Form> forms = {{resource, Form::Kind::kWhole}};
  forms[0].resource.spec = Print(spec);
  return forms;
}

std::optional<model::ResourceKey> DefaultOfTwin(Generation generation,
                                                const model::TypeDescriptor& type,
                                                const model::ResourceKey& key) {
  if (generation != Generation::kThree || type.name != kDefaultTimeoutsType ||
      key.name != fmt::format("{}{}", kDefaultTimeoutsTo, key.mesh)) {
    return std::nullopt;
  }
  return model::ResourceKey{key.mesh, fmt::format("{}{}", kDefaultTimeouts, key.mesh)};
}

}  // namespace skyden::resources
