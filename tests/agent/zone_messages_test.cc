// SPDX-License-Identifier: Apache-2.0
#include "agent/zone_messages.h"

#include <catch2/catch.hpp>
#include <set>

#include "envoy/service/discovery/v3/discovery.pb.h"
#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "kuma/mesh/v1alpha1/sync.pb.h"

namespace skyden::agent {
namespace {

using envoy::service::discovery::v3::DeltaDiscoveryRequest;
using envoy::service::discovery::v3::DeltaDiscoveryResponse;
using kuma::mesh::v1alpha1::KumaResource;

const Workload kThree{"zone-1", "default", 3, absl::FromUnixSeconds(1'700'000'000)};

std::string ResponseWith(const KumaResource& resource) {
  DeltaDiscoveryResponse message;
  message.set_type_url("MeshTimeout");
  message.set_nonce("7");
  message.add_resources()->mutable_resource()->PackFrom(resource);
  message.add_removed_resources("gone.default");
  return message.SerializeAsString();
}

TEST_CASE("a zone asks for every targetRef policy and what it needs beside, each type once",
          "[agent]") {
  const std::set<std::string> types(TypesFromGlobal().begin(), TypesFromGlobal().end());
  CHECK(types.size() == TypesFromGlobal().size());
  CHECK(TypesFromGlobal().front() == "Mesh");
  CHECK(types.contains("MeshTimeout"));
  CHECK(types.contains("ServiceInsight"));
  CHECK_FALSE(types.contains("Dataplane"));       // which it tells
  CHECK_FALSE(types.contains("CircuitBreaker"));  // a legacy policy
}

TEST_CASE("a zone of Kuma 3 asks for 29 types, and its proxies have labels where they had tags",
          "[agent]") {
  CHECK(TypesFromGlobal(model::KumaVersion::kThree).size() == 29);
  Workload workload = kThree;
  workload.version = model::KumaVersion::kThree;
  DeltaDiscoveryResponse message;
  REQUIRE(message.ParseFromString(Offer(workload, "Dataplane", "1")));
  KumaResource resource;
  REQUIRE(message.resources(0).resource().UnpackTo(&resource));
  CHECK(resource.meta().labels().at("kuma.io/workload") == "backend");
  kuma::mesh::v1alpha1::Dataplane dataplane;
  REQUIRE(dataplane.ParseFromString(resource.spec().value()));
  CHECK(dataplane.networking().inbound(0).tags().empty());
  CHECK(dataplane.networking().inbound(0).protocol() == "http");
}

TEST_CASE("the first request carries the configured address, as a zone's does", "[agent]") {
  DeltaDiscoveryRequest request;
  REQUIRE(request.ParseFromString(
      Subscribe({"zone-1", "zone-1-0001", "grpc://id:token@host:1"}, "Mesh")));
  CHECK(request.node().id() == "zone-1");
  CHECK(request.type_url() == "Mesh");
  CHECK(request.resource_names_subscribe(0) == "*");
  CHECK(request.response_nonce().empty());
  const auto& config = request.node().metadata().fields().at("config").string_value();
  CHECK(config.find(R"("globalAddress":"grpc://id:token@host:1")") != std::string::npos);
}

TEST_CASE("an acknowledgement repeats the nonce and leaves the metadata out", "[agent]") {
  DeltaDiscoveryRequest request;
  REQUIRE(request.ParseFromString(Acknowledge("zone-1", "Mesh", "3")));
  CHECK(request.node().id() == "zone-1");
  CHECK_FALSE(request.node().has_metadata());
  CHECK(request.response_nonce() == "3");
  CHECK(request.resource_names_subscribe_size() == 0);
}

TEST_CASE("a response is read with the names its authors gave", "[agent]") {
  KumaResource resource;
  resource.mutable_meta()->set_name("t1-abc");
  resource.mutable_meta()->set_mesh("default");
  (*resource.mutable_meta()->mutable_labels())["kuma.io/display-name"] = "t1";
  resource.mutable_spec()->set_value("{}");
  const auto response = ParseResponse(ResponseWith(resource));
  REQUIRE(response.ok());
  CHECK(response->type == "MeshTimeout");
  CHECK(response->nonce == "7");
  REQUIRE(response->resources.size() == 1);
  CHECK(response->resources[0].name == "t1-abc");
  CHECK(response->resources[0].display_name == "t1");
  CHECK(response->removed == std::vector<std::string>{"gone.default"});
}

TEST_CASE("a response that would break a zone is not read", "[agent]") {
  KumaResource without_spec;
  without_spec.mutable_meta()->set_name("t1");
  CHECK_FALSE(ParseResponse(ResponseWith(without_spec)).ok());
  without_spec.mutable_spec();
  CHECK_FALSE(ParseResponse(ResponseWith(without_spec)).ok());
  CHECK_FALSE(ParseResponse("\xff\xff").ok());
}

TEST_CASE("a refusal is told from an acknowledgement", "[agent]") {
  DeltaDiscoveryRequest message;
  message.set_type_url("Dataplane");
  message.set_response_nonce("1");
  CHECK_FALSE(ParseRequest(message.SerializeAsString())->error.has_value());
  message.mutable_error_detail()->set_message("no");
  CHECK(ParseRequest(message.SerializeAsString())->error == "no");
}

TEST_CASE("a zone offers its dataplanes with their insights, and nothing of other types",
          "[agent]") {
  for (const char* type : {"Dataplane", "DataplaneInsight"}) {
    DeltaDiscoveryResponse response;
    REQUIRE(response.ParseFromString(Offer(kThree, type, "5")));
    CHECK(response.type_url() == type);
    CHECK(response.nonce() == "5");
    CHECK(response.control_plane().identifier() == "zone-1");
    REQUIRE(response.resources_size() == 3);
    std::set<std::string> names;
    for (const auto& entry : response.resources()) {
      KumaResource resource;
      REQUIRE(entry.resource().UnpackTo(&resource));
      CHECK(entry.name() == resource.meta().name() + ".default");
      CHECK(resource.meta().labels().at("kuma.io/zone") == "zone-1");
      names.insert(resource.meta().name());
    }
    CHECK(names.size() == 3);
  }
  DeltaDiscoveryResponse empty;
  REQUIRE(empty.ParseFromString(Offer(kThree, "MeshTimeout", "6")));
  CHECK(empty.resources_size() == 0);
}

TEST_CASE("an admin request is answered under its own id", "[agent]") {
  kuma::mesh::v1alpha1::StatsRequest request;
  request.set_request_id("r1");
  const auto bytes = AnswerAdminRequest("StreamStats", request.SerializeAsString());
  REQUIRE(bytes.has_value());
  kuma::mesh::v1alpha1::StatsResponse response;
  REQUIRE(response.ParseFromString(*bytes));
  CHECK(response.request_id() == "r1");
  CHECK_FALSE(response.stats().empty());
  CHECK_FALSE(AnswerAdminRequest("StreamStats", "\xff\xff").has_value());
}

TEST_CASE("without an interval the health check keeps the zone's own", "[agent]") {
  kuma::mesh::v1alpha1::ZoneHealthCheckResponse response;
  CHECK_FALSE(ParseHealthInterval(response.SerializeAsString()).has_value());
  response.mutable_interval()->set_seconds(30);
  CHECK(ParseHealthInterval(response.SerializeAsString()) == absl::Seconds(30));
}

}  // namespace
}  // namespace skyden::agent
