// SPDX-License-Identifier: Apache-2.0
#include "skyden/upgrade/survey.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>
#include <utility>

#include "skyden/base/strings.h"
#include "skyden/resources/generations.h"
#include "upgrade/in_three.h"
#include "upgrade/kinds.h"
#include "upgrade/turn.h"

namespace skyden::upgrade {
namespace {

using Item = resources::ResourceView::Item;

// The oldest zones that a global of Kuma 3 serves.
constexpr int kZoneMajor = 2;
constexpr int kZoneMinor = 14;

// What is computed, a secret, or of zones and their own doing: nothing in it is Kuma 2's alone.
bool IsLookedAt(const model::TypeDescriptor& type) {
  return !type.name.ends_with("Insight") && !type.is_secret && type.name != "Config" &&
         type.name != "Workload";
}

bool IsBefore(std::string_view version, int major, int minor) {
  const std::vector<std::string> parts = absl::StrSplit(base::ToAbsl(version), '.');
  int have_major = 0;
  int have_minor = 0;
  if (parts.size() < 2 || !absl::SimpleAtoi(parts[0], &have_major) ||
      !absl::SimpleAtoi(parts[1], &have_minor)) {
    return false;
  }
  return std::tie(have_major, have_minor) < std::tie(major, minor);
}

class Surveyor {
 public:
  Surveyor(const SurveyDeps& deps, const resources::Foresight::Views& views,
           const SurveyBounds& bounds, absl::FunctionRef<bool()> is_late)
      : deps_(deps), views_(views), bounds_(bounds), is_late_(is_late) {}

  Survey Run() {
    LookAtZones();
    for (const model::TypeDescriptor& type : deps_.registry.all()) {
      if (IsLookedAt(type)) LookAt(type);
    }
    std::stable_sort(survey_.findings.begin(), survey_.findings.end(),
                     [](const Finding& a, const Finding& b) { return a.kind < b.kind; });
    return std::move(survey_);
  }

 private:
  void LookAtZones() {
    const model::TypeDescriptor& zone = *deps_.registry.core().zone;
    const auto& insights = *views_.at(deps_.registry.core().zone_insight->id);
    for (const auto& chunk : insights.chunks()) {
      for (const Item& insight : *chunk) {
        const std::string version = deps_.version_of(*insight);
        if (!IsBefore(version, kZoneMajor, kZoneMinor)) continue;
        Finding finding;
        finding.kind = KindNamed("zone-version");
        finding.type = &zone;
        finding.key = insight->key;
        finding.zone = insight->key.name;
        finding.detail = version;
        finding.remedy = finding.kind->remedy;
        Keep(std::move(finding));
      }
    }
  }

  void LookAt(const model::TypeDescriptor& type) {
    for (const auto& chunk : views_.at(type.id)->chunks()) {
      if (!survey_.stopped.empty()) return;
      if (is_late_()) survey_.stopped = "it took too long";
      for (const Item& item : *chunk) LookAt(type, item);
    }
  }

  MeshFacts& FactsOf(const std::string& mesh_name) {
    auto& facts = facts_[mesh_name];
    if (facts == nullptr) {
      facts = std::make_unique<MeshFacts>(deps_.registry, views_, mesh_name);
    }
    return *facts;
  }

  void LookAt(const model::TypeDescriptor& type, const Item& item) {
    const model::CoreTypes& core = deps_.registry.core();
    const bool is_mesh = &type == core.mesh;
    Json spec = Json::parse(deps_.codec.SpecJson(*item), nullptr, /*allow_exceptions=*/false);
    if (!spec.is_object()) return;
    const Json before = spec;
    Turn turn{deps_.registry,  type,
              *item,           FactsOf(is_mesh ? item->key.name : item->key.mesh),
              std::move(spec), item->labels};
    const bool is_removed = !IsInThree(deps_.registry, type);
    if (is_removed) {
      TurnRemoved(turn);
    } else {
      TurnNames(turn);
      if (type.is_target_ref_policy) TurnPolicy(turn);
      if (is_mesh) TurnMesh(turn);
      if (&type == core.dataplane) TurnDataplane(turn);
      if (&type == core.mesh_service || type.name == "MeshExternalService") TurnService(turn);
      if (type.name == "MeshTrust") TurnTrust(turn);
    }
    for (Finding& finding : turn.findings) Keep(std::move(finding));
    if (!turn.is_of_zone() && !is_removed) Write(turn, before);
  }

  void Keep(Finding finding) {
    if (finding.blocks()) ++survey_.blocking;
    if (survey_.findings.size() < bounds_.findings) {
      survey_.findings.push_back(std::move(finding));
    } else {
      ++survey_.findings_left_out;
    }
  }

  void Write(Turn& turn, const Json& before) {
    for (Document& document : turn.besides) WriteDocument(std::move(document));
    if (turn.goes) return Delete(turn.type, turn.resource.key);
    const bool changed = turn.spec != before || !(turn.labels == turn.resource.labels);
    model::Resource turned = turn.resource;
    turned.labels = turn.labels;
    if (!turn.type.is_target_ref_policy) {
      if (changed) WriteDocument({&turn.type, turned.key, turned.labels, std::move(turn.spec)});
      return;
    }
    // Policies go the way that they go to zones of Kuma 3.
    turned.spec = turn.spec.dump(-1, ' ', false, Json::error_handler_t::replace);
    auto forms = resources::FormsFor(resources::Generation::kThree, turn.type, turned);
    if (!forms) {
      if (changed) WriteDocument({&turn.type, turned.key, turned.labels, std::move(turn.spec)});
      return;
    }
    if (forms->empty()) return Delete(turn.type, turn.resource.key);
    for (resources::Form& form : *forms) {
      Json spec = Json::parse(form.resource.spec, nullptr, /*allow_exceptions=*/false);
      WriteDocument({&turn.type, form.resource.key, form.resource.labels, std::move(spec)});
    }
  }

  void Delete(const model::TypeDescriptor& type, const model::ResourceKey& key) {
    survey_.changes.push_back({Change::Kind::kDeleted, &type, key, {}});
  }

  void WriteDocument(Document document) {
    Json body = Json::object({{"type", document.type->name}});
    if (!document.key.mesh.empty()) body["mesh"] = document.key.mesh;
    body["name"] = document.key.name;
    if (!document.labels.empty()) {
      Json labels = Json::object();
      for (const auto& [key, value] : document.labels) labels[key] = value;
      body["labels"] = std::move(labels);
    }
    if (document.type->encoding == model::SpecEncoding::kJson) {
      body["spec"] = std::move(document.spec);
    } else {
      for (auto& [name, value] : document.spec.items()) body[name] = std::move(value);
    }
    survey_.changes.push_back({Change::Kind::kWritten, document.type, document.key,
                               body.dump(-1, ' ', false, Json::error_handler_t::replace)});
  }

  const SurveyDeps& deps_;
  const resources::Foresight::Views& views_;
  const SurveyBounds& bounds_;
  absl::FunctionRef<bool()> is_late_;
  Survey survey_;
  std::map<std::string, std::unique_ptr<MeshFacts>> facts_;
};

}  // namespace

std::vector<const model::TypeDescriptor*> SurveyedTypes(const model::TypeRegistry& registry) {
  std::vector<const model::TypeDescriptor*> types = {registry.core().zone_insight};
  for (const model::TypeDescriptor& type : registry.all()) {
    if (IsLookedAt(type)) types.push_back(&type);
  }
  return types;
}

Survey SurveyOf(const SurveyDeps& deps, const resources::Foresight::Views& views,
                const SurveyBounds& bounds, absl::FunctionRef<bool()> is_late) {
  return Surveyor(deps, views, bounds, is_late).Run();
}

}  // namespace skyden::upgrade
