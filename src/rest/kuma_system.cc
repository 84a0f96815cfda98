// SPDX-License-Identifier: Apache-2.0
// What a control plane says about itself and about what it knows.
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "rest/gui_endpoint.h"
#include "rest/json_writer.h"
#include "rest/kuma_answer.h"
#include "rest/kuma_endpoints.h"
#include "rest/sign_in.h"
#include "skyden/model/type_registry.h"
#include "skyden/rest/kuma_version.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::rest {
namespace {

std::string PoliciesJson(const model::VersionTypes& types) {
  JsonWriter json;
  json.BeginObject().Key("policies").BeginArray();
  for (const model::TypeDescriptor& type : types.all()) {
    if (!type.is_policy || type.path.empty()) continue;
    json.BeginObject()
        .Field("name", type.name)
        .Field("readOnly", type.ReadOnlyAtGlobal())
        .Field("path", type.path)
        .Field("singularDisplayName", type.singular_display_name)
        .Field("pluralDisplayName", type.plural_display_name)
        .Field("isExperimental", type.experimental)
        .Field("isTargetRefBased", type.is_target_ref_policy)
        .Field("isInbound", type.has_from_target_ref || type.has_rules_target_ref)
        .Field("isOutbound", type.has_to_target_ref)
        .EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

std::string ResourcesJson(const model::VersionTypes& types) {
  JsonWriter json;
  json.BeginObject().Key("resources").BeginArray();
  for (const model::TypeDescriptor& type : types.all()) {
    if (type.path.empty() || type.unlisted) continue;
    json.BeginObject()
        .Field("includeInFederation", type.include_in_federation)
        .Field("name", type.name)
        .Field("path", type.path)
        .Field("pluralDisplayName", type.plural_display_name);
    if (type.is_policy) {
      json.Key("policy")
          .BeginObject()
          .Field("hasFromTargetRef", type.has_from_target_ref)
          .Field("hasRulesTargetRef", type.has_rules_target_ref)
          .Field("hasToTargetRef", type.has_to_target_ref)
          .Field("isFromAsRules", type.is_from_as_rules)
          .Field("isTargetRef", type.is_target_ref_policy)
          .EndObject();
    }
    json.Field("readOnly", type.read_only)
        .Field("scope", type.scope == model::ResourceScope::kGlobal ? "Global" : "Mesh")
        .Field("shortName", type.short_name)
        .Field("singularDisplayName", type.singular_display_name)
        .EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

// What of a Kuma global's configuration clients look at, and nothing of the daemon's own.
std::string ConfigJson() {
  JsonWriter json;
  json.BeginObject()
      .Field("mode", "global")
      .Field("environment", "universal")
      .Key("store")
      .BeginObject()
      .Field("type", "sqlite")
      .EndObject();
  json.Key("apiServer").BeginObject().Field("readOnly", false).EndObject();
  json.Key("dnsServer").BeginObject().Field("domain", "mesh").EndObject();
  json.Key("multizone").BeginObject().Key("global").BeginObject().Key("kds").BeginObject();
  json.Field("zoneInsightFlushInterval", "10s").EndObject().EndObject().EndObject();
  json.EndObject();
  return json.Take();
}

std::string HostName() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

class System {
 public:
  explicit System(const Deps& deps)
      : deps_(deps), config_(KumaJson(200, ConfigJson())), host_name_(HostName()) {
    for (const model::KumaVersion version : model::kKumaVersions) {
      policies_[version] = KumaJson(200, PoliciesJson(deps.registry.In(version)));
      resources_[version] = KumaJson(200, ResourcesJson(deps.registry.In(version)));
    }
  }

  // Clients look here before they have credentials, so what is said to strangers must be the same
  // for every control plane, those that do not exist included.
  void Index(CallPtr call) const {
    std::string cluster_id;
    model::KumaVersion version = model::KumaVersion::kTwo;
    if (call->scope) {
      version = call->scope->version();
      const absl::Status status =
          deps_.store.Read(*call->scope, [&](store::ReadTx& tx) -> absl::Status {
            SKYDEN_ASSIGN_OR_RETURN(const store::ControlPlaneRecord record, tx.ControlPlane());
            cluster_id = record.cluster_id;
            return absl::OkStatus();
          });
      if (!status.ok()) {
        return call->Finish(
            KumaError(status, "Could not retrieve control plane", call->request.request_id));
      }
    }
    JsonWriter json;
    json.BeginObject()
        .Field("hostname", host_name_)
        .Field("product", "Kuma")
        .Field("version", KumaReleaseOf(version))
        .Field("instanceId", deps_.instance_id)
        .Field("clusterId", cluster_id)
        .Field("gui", GuiOf(*call))
        .EndObject();
    call->Finish(KumaJson(200, json.Take()));
  }

  void WhoAmI(CallPtr call) const {
    const KumaUser user = KumaUserOf(*call->scope);
    JsonWriter json;
    json.BeginObject().Field("name", user.name).Key("groups").Strings(user.groups).EndObject();
    call->Finish(KumaJson(200, json.Take()));
  }

  void Policies(CallPtr call) const { call->Finish(policies_[call->scope->version()]); }
  void Resources(CallPtr call) const { call->Finish(resources_[call->scope->version()]); }
  void Config(CallPtr call) const { call->Finish(config_); }

 private:
  // By the id alone, so that it says nothing of what there is.
  std::string GuiOf(const Call& call) const {
    if (deps_.kuma_gui == nullptr || call.control_plane.empty()) return "";
    return GuiPathOf(call.control_plane);
  }

  const Deps& deps_;
  model::ByVersion<http::Response> policies_;
  model::ByVersion<http::Response> resources_;
  const http::Response config_;
  const std::string host_name_;
};

}  // namespace

void AddSystemEndpoints(const Deps& deps, KumaRoutes& routes) {
  const auto system = std::make_shared<System>(deps);
  const auto bound = [system](void (System::*method)(CallPtr) const) -> Action {
    return [system, method](CallPtr call) { ((*system).*method)(std::move(call)); };
  };
  using http::Method;
  using Needs = KumaRoutes::Needs;
  // Nothing of it is about what the control plane holds.
  const auto add = [&](std::string_view path, void (System::*method)(CallPtr) const,
                       Needs needs = Needs::kUser) {
    routes.Add(Method::kGet, path, bound(method), needs, KumaRoutes::Answers::kJson,
               KumaRoutes::Narrowed::kDecides);
  };
  add("/", &System::Index, Needs::kNothing);
  add("/config", &System::Config);
  add("/policies", &System::Policies);
  add("/_resources", &System::Resources);
  add("/who-am-i", &System::WhoAmI);
}

}  // namespace skyden::rest
