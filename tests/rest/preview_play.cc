// SPDX-License-Identifier: Apache-2.0
#include "tests/rest/preview_play.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <regex>
#include <set>
#include <utility>

#include "resources/go/json.h"
#include "rest/preview_printer.h"
#include "server/services.h"
#include "skyden/insights/zone_generation.h"
#include "skyden/resources/codec.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::rest::testing {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// Without what is between the values: answers are laid out, previews are not.
std::string Compact(std::string_view raw) {
  std::string out;
  bool in_text = false;
  for (size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    if (in_text && c == '\\') {
      out += c;
      out += raw[++i];
      continue;
    }
    if (c == '"') in_text = !in_text;
    if (in_text || (c != ' ' && c != '\n')) out += c;
  }
  return out;
}

// The older `policies`, without targetRef policies, and without times, which are those of writing.
// Addresses are a proxy's own, and are not told apart.
std::string OlderOf(const std::string& with_addresses) {
  static const std::regex kAddress(R"(\d+\.\d+\.\d+\.\d+)");
  const std::string text = std::regex_replace(with_addresses, kAddress, "*");
  ordered_json answer = ordered_json::parse(text, nullptr, false);
  if (!answer.is_object()) return "";
  const auto without_times = [](ordered_json& value, const auto& self) -> void {
    if (value.is_object()) {
      value.erase("creationTime");
      value.erase("modificationTime");
    }
    for (auto& child : value) {
      if (child.is_structured()) self(child, self);
    }
  };
  without_times(answer, without_times);
  if (answer.value("kind", "") != "SidecarDataplane") return answer.dump();
  ordered_json items = ordered_json::array();
  for (ordered_json& item : answer["items"]) {
    ordered_json older = ordered_json::object();
    for (const auto& [type, list] : item["matchedPolicies"].items()) {
      if (!TestEnv::registry().FindByName(type)->is_target_ref_policy) older[type] = list;
    }
    if (older.empty()) continue;
    item["matchedPolicies"] = older;
    items.push_back(item);
  }
  if (items.empty()) return "";
  answer["total"] = items.size();
  answer["items"] = items;
  return answer.dump();
}

}  // namespace

Differences Minus(const Configurations& after, const Configurations& before) {
  Differences differences;
  const Configuration none;
  std::set<std::string> proxies;
  for (const auto& [proxy, parts] : before) proxies.insert(proxy);
  for (const auto& [proxy, parts] : after) proxies.insert(proxy);
  for (const std::string& proxy : proxies) {
    const Configuration& old = before.contains(proxy) ? before.at(proxy) : none;
    const Configuration& now = after.contains(proxy) ? after.at(proxy) : none;
    std::set<std::string> names;
    for (const auto& [name, text] : old) names.insert(name);
    for (const auto& [name, text] : now) names.insert(name);
    for (const std::string& name : names) {
      const std::string left = old.contains(name) ? old.at(name) : "";
      const std::string right = now.contains(name) ? now.at(name) : "";
      if (left != right) differences[proxy][name] = {left, right};
    }
  }
  return differences;
}

PlayedControlPlane::PlayedControlPlane() : id(env.NewControlPlane()), api(RestEnv::ApiOf(id)) {}

resources::ForeseenDocuments PlayedControlPlane::DocumentsOf(const std::vector<json>& documents) {
  return {json(documents).dump()};
}

bool PlayedControlPlane::TryImport(const std::vector<json>& documents) {
  const Answer answer =
      env.Post("/v1/mesh/control-planes/" + id + "/ops/import", json(documents).dump());
  INFO(answer.body);
  CHECK((answer.status == 200 || answer.status == 400));
  return answer.status == 200;
}

void PlayedControlPlane::Import(const std::vector<json>& documents) {
  const Answer answer =
      env.Post("/v1/mesh/control-planes/" + id + "/ops/import", json(documents).dump());
  INFO(answer.body);
  REQUIRE(answer.status == 200);
}

void PlayedControlPlane::StoreVersion(const std::string& zone, const std::string& version) {
  const model::TypeDescriptor& type = *env.registry().core().zone_insight;
  model::Resource insight;
  insight.type = type.id;
  insight.key = {"", zone};
  const json spec = {
      {"subscriptions", {{{"id", "1"}, {"version", {{"kumaCp", {{"version", version}}}}}}}}};
  insight.spec = env.codec().SpecFromJson(type, spec.dump()).value();
  const auto written = env.store->Write(
      env.Inside(id), [&insight](store::WriteTx& tx) { return tx.PutResource(insight); });
  REQUIRE(written.ok());
}

std::vector<std::string> PlayedControlPlane::NamesOf(const std::string& path) {
  const Answer answer = env.Get(api + path + "?size=1000");
  if (answer.status == 404) return {};
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  std::vector<std::string> names;
  const json list = answer.json();
  for (const json& item : list["items"]) names.push_back(item["name"]);
  return names;
}

Configuration PlayedControlPlane::RulesOf(const std::string& path) {
  const Answer answer = env.Get(api + path + "/_rules");
  INFO(path << ": " << answer.body);
  // A MeshGateway without selectors has none.
  if (answer.status == 500) return {};
  REQUIRE(answer.status == 200);
  const auto members = resources::go_json::MembersOf(answer.body);
  REQUIRE(members.ok());
  Configuration parts;
  const std::string matches = Compact(members->find("httpMatches")->second);
  if (matches != "[]") parts[preview::kHttpMatches] = matches;
  const auto rules = resources::go_json::ElementsOf(members->find("rules")->second);
  REQUIRE(rules.ok());
  for (const std::string_view rule : *rules) {
    const auto rule_members = resources::go_json::MembersOf(rule);
    REQUIRE(rule_members.ok());
    const std::string type = json::parse(rule)["type"];
    for (const auto& [name, raw] : *rule_members) {
      const std::string text = Compact(raw);
      if (name != "type" && text != "[]") parts[type + " " + name] = text;
    }
  }
  return parts;
}

Configurations PlayedControlPlane::Inspect(const std::string& mesh) {
  Configurations all;
  const std::string root = "/meshes/" + mesh;
  for (const std::string& name : NamesOf(root + "/dataplanes")) {
    const std::string path = root + "/dataplanes/" + name;
    Configuration& parts = all["Dataplane " + name] = RulesOf(path);
    const std::string older = OlderOf(env.Get(api + path + "/policies").body);
    if (!older.empty()) parts[preview::kAttached] = older;
  }
  for (const std::string& name : NamesOf(root + "/meshgateways")) {
    all["MeshGateway " + name] = RulesOf(root + "/meshgateways/" + name);
  }
  return all;
}

absl::StatusOr<preview::Effects> PlayedControlPlane::Effects(resources::ForeseenWrite write,
                                                             const preview::Shortcuts& shortcuts) {
  server::Services& services = env.services();
  auto foresight =
      resources::Foresee({*env.store, env.registry(), env.codec(), *services.views}, env.Inside(id),
                         std::move(write), preview::TypesLookedAt(env.registry()), env.clock.Now());
  if (!foresight.ok()) return foresight.status();
  const InspectionPrinter printer;
  return preview::EffectsOf(
      {env.registry(), printer, insights::GenerationOfZone}, *foresight, {.names = 1'000'000},
      [] { return false; }, shortcuts);
}

absl::StatusOr<preview::Effects> PlayedControlPlane::EffectsOfThree() {
  const auto foresight = resources::Foresee(
      {*env.store, env.registry(), env.codec(), *env.services().views}, env.Inside(id),
      resources::ForeseenNothing(), preview::TypesLookedAt(env.registry()), env.clock.Now());
  if (!foresight.ok()) return foresight.status();
  const InspectionPrinter printer;
  return preview::EffectsOf({env.registry(), printer, insights::GenerationOfZone,
                             resources::Generation::kTwo, resources::Generation::kThree},
                            *foresight, {.names = 1'000'000}, [] { return false; });
}

Differences PlayedControlPlane::Of(const preview::Effects& effects) {
  Differences differences;
  for (const preview::Group& group : effects.groups) {
    const bool dataplanes = group.subject == preview::Group::Subject::kDataplanes;
    for (const model::ResourceKey& key : group.first) {
      for (const preview::Part& part : group.parts) {
        const bool older = part.name == preview::kAttached;
        auto& told = differences[(dataplanes ? "Dataplane " : "MeshGateway ") + key.name];
        const std::string name = part.name + (part.member.empty() ? "" : " ") + part.member;
        told[name] = {older ? OlderOf(part.before) : part.before,
                      older ? OlderOf(part.after) : part.after};
        if (told[name].first == told[name].second) told.erase(name);
      }
    }
  }
  std::erase_if(differences, [](const auto& proxy) { return proxy.second.empty(); });
  return differences;
}

}  // namespace skyden::rest::testing
