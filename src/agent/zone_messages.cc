// SPDX-License-Identifier: Apache-2.0
#include "agent/zone_messages.h"

#include <nlohmann/json.hpp>

#include "envoy/service/discovery/v3/discovery.pb.h"
#include "fmt/format.h"
#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "kuma/mesh/v1alpha1/insights.pb.h"
#include "kuma/mesh/v1alpha1/sync.pb.h"
#include "skyden/base/check.h"
#include "skyden/kds/hashed_name.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/model/type_registry.h"

namespace skyden::agent {
namespace {

using envoy::service::discovery::v3::DeltaDiscoveryRequest;
using envoy::service::discovery::v3::DeltaDiscoveryResponse;
using kuma::mesh::v1alpha1::Dataplane;
using kuma::mesh::v1alpha1::DataplaneInsight;
using kuma::mesh::v1alpha1::KumaResource;

// How a zone of a version shows itself.
struct Looks {
  std::string_view release;
  std::string_view zone_version;
  std::vector<const char*> features;
  bool is_told_by_tags;  // what a proxy serves; else by its labels and its port
};
const model::ByVersion<Looks>& AllLooks() {
  static const auto& all = *new model::ByVersion<Looks>{
      {{{"2.14.3",
         "",
         {"zone-token", "hash-suffix", "hg-mz-selector", "producer-policy-flow",
          "optional-top-level-target-ref"},
         true},
        {"3.0.1",
         "v3",
         {"zone-token", "hash-suffix", "hg-mz-selector", "producer-policy-flow"},
         false}}}};
  return all;
}

constexpr char kUrlPrefix[] = "type.googleapis.com/";
constexpr char kService[] = "backend";
constexpr char kProtocol[] = "http";

void FillMetadata(const ZoneIntroduction& zone, google::protobuf::Struct& metadata) {
  const nlohmann::json config = {
      {"mode", "zone"},
      {"store", {{"type", "memory"}}},
      {"multizone",
       {{"zone", {{"name", zone.zone_name}, {"globalAddress", zone.global_address}}}}}};
  auto& fields = *metadata.mutable_fields();
  (*(*fields["version"].mutable_struct_value()->mutable_fields())["kumaCp"]
        .mutable_struct_value()
        ->mutable_fields())["version"]
      .set_string_value(std::string(ReleaseOf(zone.version)));
  fields["config"].set_string_value(config.dump());
  fields["control-plane-id"].set_string_value(zone.instance_id);
  auto& features = *fields["features"].mutable_list_value();
  for (const char* feature : AllLooks()[zone.version].features) {
    features.add_values()->set_string_value(feature);
  }
}

model::Labels LabelsOf(const Workload& workload, const std::string& display_name) {
  model::Labels labels = {{std::string(model::kDisplayNameLabel), display_name},
                          {std::string(model::kZoneLabel), workload.zone_name},
                          {std::string(model::kOriginLabel), std::string(model::kOriginZone)},
                          {std::string(model::kEnvironmentLabel), "universal"},
                          {std::string(model::kMeshLabel), workload.mesh_name}};
  if (!AllLooks()[workload.version].is_told_by_tags) {
    labels.emplace(model::kWorkloadLabel, kService);
  }
  return labels;
}

void FillInbound(const Workload& workload, Dataplane::Networking::Inbound& inbound) {
  inbound.set_port(8080);
  if (!AllLooks()[workload.version].is_told_by_tags) return inbound.set_protocol(kProtocol);
  (*inbound.mutable_tags())[std::string(model::kServiceTag)] = kService;
  (*inbound.mutable_tags())[std::string(model::kProtocolTag)] = kProtocol;
  (*inbound.mutable_tags())[std::string(model::kZoneTag)] = workload.zone_name;
}

std::string DataplaneSpec(const Workload& workload, int index) {
  Dataplane dataplane;
  auto& networking = *dataplane.mutable_networking();
  networking.set_address(
      fmt::format("10.{}.{}.{}", index / 62'500, index / 250 % 250, index % 250 + 1));
  FillInbound(workload, *networking.add_inbound());
  return dataplane.SerializeAsString();
}

std::string InsightSpec(const Workload& workload, int index) {
  DataplaneInsight insight;
  auto& subscription = *insight.add_subscriptions();
  subscription.set_id(fmt::format("{}-{}", workload.zone_name, index));
  subscription.mutable_connect_time()->set_seconds(absl::ToUnixSeconds(workload.connected_at));
  return insight.SerializeAsString();
}

PlayedDataplane MadeUp(const Workload& workload, int index) {
  const std::string display_name = fmt::format("dp-{}", index + 1);
  const model::Labels labels = LabelsOf(workload, display_name);
  return {workload.mesh_name, kds::HashedName(workload.mesh_name, display_name, labels), labels,
          DataplaneSpec(workload, index)};
}

void AddResource(const Workload& workload, std::string_view type, int index,
                 DeltaDiscoveryResponse& response) {
  const PlayedDataplane dataplane = workload.played != nullptr
                                        ? (*workload.played)[static_cast<size_t>(index)]
                                        : MadeUp(workload, index);
  KumaResource resource;
  auto& meta = *resource.mutable_meta();
  meta.set_name(dataplane.name);
  meta.set_mesh(dataplane.mesh);
  for (const auto& [key, value] : dataplane.labels) (*meta.mutable_labels())[key] = value;
  resource.mutable_spec()->set_type_url(fmt::format("{}kuma.mesh.v1alpha1.{}", kUrlPrefix, type));
  resource.mutable_spec()->set_value(type == "Dataplane" ? dataplane.spec
                                                         : InsightSpec(workload, index));
  auto& entry = *response.add_resources();
  entry.set_name(fmt::format("{}.{}", meta.name(), meta.mesh()));
  entry.set_version("1");
  entry.mutable_resource()->PackFrom(resource, kUrlPrefix);
}

// Those that Kuma keeps as messages, but the ones that only zones with legacy policies or gateways
// ask for; and all that it keeps as JSON.
std::vector<std::string> ReadTypesFromGlobal(model::KumaVersion version) {
  std::vector<std::string> types = {"Mesh", "Config", "Secret", "GlobalSecret", "ServiceInsight"};
  const auto registry = model::TypeRegistry::LoadEmbedded();
  SKYDEN_CHECK(registry.ok());
  for (const model::TypeDescriptor& type : registry->In(version).all()) {
    // Kuma's own zones know no others.
    const bool is_known = type.encoding == model::SpecEncoding::kJson && !type.unlisted;
    if (is_known && type.IsSentToZones()) {
      types.push_back(type.name);
    }
  }
  return types;
}

template <class AdminRequest, class AdminResponse, class Fill>
std::optional<std::string> Answer(const std::string& bytes, Fill fill) {
  AdminRequest request;
  if (!request.ParseFromString(bytes)) return std::nullopt;
  AdminResponse response;
  response.set_request_id(request.request_id());
  fill(response);
  return response.SerializeAsString();
}

}  // namespace

const std::vector<std::string>& TypesFromGlobal(model::KumaVersion version) {
  static const auto& types = *new model::ByVersion<std::vector<std::string>>{
      {ReadTypesFromGlobal(model::KumaVersion::kTwo),
       ReadTypesFromGlobal(model::KumaVersion::kThree)}};
  return types[version];
}

std::string_view ReleaseOf(model::KumaVersion version) { return AllLooks()[version].release; }
std::string_view ZoneVersionOf(model::KumaVersion version) {
  return AllLooks()[version].zone_version;
}

std::string Subscribe(const ZoneIntroduction& zone, std::string_view type) {
  DeltaDiscoveryRequest request;
  request.mutable_node()->set_id(zone.zone_name);
  FillMetadata(zone, *request.mutable_node()->mutable_metadata());
  request.set_type_url(std::string(type));
  request.add_resource_names_subscribe("*");
  return request.SerializeAsString();
}

std::string Acknowledge(std::string_view zone_name, std::string_view type, std::string_view nonce) {
  DeltaDiscoveryRequest request;
  request.mutable_node()->set_id(std::string(zone_name));
  request.set_type_url(std::string(type));
  request.set_response_nonce(std::string(nonce));
  return request.SerializeAsString();
}

absl::StatusOr<Response> ParseResponse(const std::string& bytes) {
  DeltaDiscoveryResponse message;
  if (!message.ParseFromString(bytes)) return absl::InvalidArgumentError("not a sync response");
  Response response;
  response.type = message.type_url();
  response.nonce = message.nonce();
  response.removed.assign(message.removed_resources().begin(), message.removed_resources().end());
  for (const auto& entry : message.resources()) {
    KumaResource resource;
    if (!entry.resource().UnpackTo(&resource) || !resource.has_spec() ||
        (resource.spec().value().empty() && resource.spec().type_url().empty())) {
      return absl::InvalidArgumentError(
          fmt::format("{} \"{}\" has no spec that a zone can read", response.type, entry.name()));
    }
    const auto& labels = resource.meta().labels();
    const auto display_name = labels.find(std::string(model::kDisplayNameLabel));
    response.resources.push_back(
        {resource.meta().mesh(), resource.meta().name(),
         display_name == labels.end() ? resource.meta().name() : display_name->second,
         resource.spec().value()});
  }
  return response;
}

absl::StatusOr<Request> ParseRequest(const std::string& bytes) {
  DeltaDiscoveryRequest message;
  if (!message.ParseFromString(bytes)) return absl::InvalidArgumentError("not a sync request");
  Request request{message.type_url(), message.response_nonce(), std::nullopt};
  if (message.has_error_detail()) request.error = message.error_detail().message();
  return request;
}

int CountOf(const Workload& workload, std::string_view type) {
  if (type != "Dataplane" && type != "DataplaneInsight") return 0;
  return workload.played != nullptr ? static_cast<int>(workload.played->size())
                                    : workload.dataplanes;
}

std::string Offer(const Workload& workload, std::string_view type, std::string_view nonce) {
  DeltaDiscoveryResponse response;
  response.set_type_url(std::string(type));
  response.set_nonce(std::string(nonce));
  response.mutable_control_plane()->set_identifier(workload.zone_name);
  for (int i = 0; i < CountOf(workload, type); ++i) AddResource(workload, type, i, response);
  return response.SerializeAsString();
}

std::optional<std::string> AnswerAdminRequest(std::string_view method, const std::string& bytes) {
  namespace api = kuma::mesh::v1alpha1;
  if (method == "StreamXDSConfigs") {
    return Answer<api::XDSConfigRequest, api::XDSConfigResponse>(
        bytes, [](auto& response) { response.set_config(R"({"configs":[]})"); });
  }
  if (method == "StreamStats") {
    return Answer<api::StatsRequest, api::StatsResponse>(
        bytes, [](auto& response) { response.set_stats("server.live: 1\n"); });
  }
  return Answer<api::ClustersRequest, api::ClustersResponse>(
      bytes, [](auto& response) { response.set_clusters("backend::added_via_api::true\n"); });
}

std::optional<absl::Duration> ParseHealthInterval(const std::string& bytes) {
  kuma::mesh::v1alpha1::ZoneHealthCheckResponse response;
  if (!response.ParseFromString(bytes) || !response.has_interval()) return std::nullopt;
  const absl::Duration interval =
      absl::Seconds(response.interval().seconds()) + absl::Nanoseconds(response.interval().nanos());
  if (interval <= absl::ZeroDuration()) return std::nullopt;
  return interval;
}

}  // namespace skyden::agent
