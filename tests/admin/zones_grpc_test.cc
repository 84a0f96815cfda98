// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "server/services.h"
#include "skyden/admin/v1/control_planes.grpc.pb.h"
#include "skyden/admin/v1/zones.grpc.pb.h"
#include "tests/admin/admin_env.h"

namespace skyden::admin {
namespace {

using model::Role;
using Stub = v1::Zones::Stub;

struct Client {
  explicit Client(AdminEnv& e) : env(e), stub(v1::Zones::NewStub(e.Channel())) {
    auto planes = v1::ControlPlanes::NewStub(e.Channel());
    v1::CreateControlPlaneRequest request;
    v1::ControlPlane response;
    request.set_name("mine");
    REQUIRE(
        AdminEnv::Call(*planes, &v1::ControlPlanes::Stub::Create, request, &response, token).ok());
    id = response.id();
  }

  grpc::Status Provision(const std::string& name, v1::ProvisionZoneResponse* response,
                         v1::SetupFormat format = v1::SETUP_FORMAT_UNSPECIFIED) {
    v1::ProvisionZoneRequest request;
    request.set_control_plane_id(id);
    request.set_name(name);
    request.set_format(format);
    return AdminEnv::Call(*stub, &Stub::Provision, request, response, token);
  }
  grpc::Status List(v1::ListZonesResponse* response, uint32_t page_size = 0,
                    uint32_t page_number = 0) {
    v1::ListZonesRequest request;
    request.set_control_plane_id(id);
    request.set_page_size(page_size);
    request.set_page_number(page_number);
    response->Clear();
    return AdminEnv::Call(*stub, &Stub::List, request, response, token);
  }
  grpc::Status Delete(const std::string& name) {
    v1::DeleteZoneRequest request;
    v1::DeleteZoneResponse response;
    request.set_control_plane_id(id);
    request.set_name(name);
    return AdminEnv::Call(*stub, &Stub::Delete, request, &response, token);
  }
  grpc::Status Rejected(v1::ListRejectedConnectionsResponse* response) {
    v1::ListRejectedConnectionsRequest request;
    request.set_control_plane_id(id);
    return AdminEnv::Call(*stub, &Stub::ListRejectedConnections, request, response, token);
  }
  grpc::Status RejectedResources(v1::ListRejectedResourcesResponse* response) {
    v1::ListRejectedResourcesRequest request;
    request.set_control_plane_id(id);
    return AdminEnv::Call(*stub, &Stub::ListRejectedResources, request, response, token);
  }

  AdminEnv& env;
  std::unique_ptr<Stub> stub;
  std::string token = env.Token(Role::kOperator);
  std::string id;
};

TEST_CASE("a provisioned zone's token signs it in and it alone") {
  AdminEnv env;
  Client client(env);
  v1::ProvisionZoneResponse zone;
  REQUIRE(client.Provision("zone-1", &zone).ok());
  CHECK(zone.name() == "zone-1");
  CHECK(zone.setup_text().empty());
  CHECK(zone.global_address() ==
        "grpcs://" + client.id + ":" + zone.token() + "@skyden.example:5685");
  const model::ControlPlaneId id(client.id);
  CHECK(env.services().authenticator.AuthenticateZone(zone.token(), id, "zone-1").ok());
  CHECK_FALSE(env.services().authenticator.AuthenticateZone(zone.token(), id, "zone-2").ok());

  v1::ProvisionZoneResponse again;
  CHECK(client.Provision("zone-1", &again).error_code() == grpc::StatusCode::ALREADY_EXISTS);
  CHECK(client.Provision("Zone!", &again).error_code() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(again.token().empty());
}

TEST_CASE("setup texts come in the format that was asked for") {
  AdminEnv env;
  Client client(env);
  v1::ProvisionZoneResponse universal;
  REQUIRE(client.Provision("zone-1", &universal, v1::UNIVERSAL).ok());
  CHECK(universal.setup_text().find(universal.global_address()) != std::string::npos);
  v1::ProvisionZoneResponse helm;
  REQUIRE(client.Provision("zone-2", &helm, v1::HELM).ok());
  CHECK(helm.setup_text().find("kdsGlobalAddress") != std::string::npos);
  CHECK(helm.setup_text().find(helm.token()) == std::string::npos);
  v1::ProvisionZoneResponse kubectl;
  REQUIRE(client.Provision("zone-3", &kubectl, v1::KUBECTL).ok());
  CHECK(kubectl.setup_text().find("token: " + kubectl.token()) != std::string::npos);
}

TEST_CASE("zones are listed in pages with what is known of them") {
  AdminEnv env;
  Client client(env);
  v1::ProvisionZoneResponse ignored;
  for (const char* name : {"zone-b", "zone-a", "zone-c"}) {
    REQUIRE(client.Provision(name, &ignored).ok());
  }
  env.online.Set({"zone-b"});
  v1::ListZonesResponse list;
  REQUIRE(client.List(&list).ok());
  REQUIRE(list.zones_size() == 3);
  CHECK(list.total() == 3);
  CHECK(list.zones(0).name() == "zone-a");
  CHECK_FALSE(list.zones(0).online());
  CHECK(list.zones(1).online());
  CHECK(list.zones(2).enabled());
  CHECK(list.zones(0).created_at().seconds() == absl::ToUnixSeconds(env.clock.Now()));
  REQUIRE(client.List(&list, 2, 2).ok());
  REQUIRE(list.zones_size() == 1);
  CHECK(list.zones(0).name() == "zone-c");
  CHECK(list.total() == 3);
  CHECK(client.List(&list, 1001).error_code() == grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_CASE("a deleted zone's token ends with it") {
  AdminEnv env;
  Client client(env);
  v1::ProvisionZoneResponse zone;
  REQUIRE(client.Provision("zone-1", &zone).ok());
  REQUIRE(env.services().authenticator.AuthenticateZone(zone.token(), std::nullopt, "zone-1").ok());
  REQUIRE(client.Delete("zone-1").ok());
  CHECK_FALSE(
      env.services().authenticator.AuthenticateZone(zone.token(), std::nullopt, "zone-1").ok());
  CHECK(client.Delete("zone-1").error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(client.Provision("zone-1", &zone).ok());
}

TEST_CASE("rejected connections are shown newest first") {
  AdminEnv env;
  Client client(env);
  env.rejected.Set({{.at = env.clock.Now(),
                     .peer = "127.0.0.1:1",
                     .zone_name = "old",
                     .reason = "the token expired"},
                    {.at = env.clock.Now() + absl::Seconds(1),
                     .peer = "127.0.0.1:2",
                     .zone_name = "new",
                     .reason = "no token"},
                    {.at = env.clock.Now(), .peer = "", .unanswered = "skyden-2"}});
  v1::ListRejectedConnectionsResponse rejected;
  REQUIRE(client.Rejected(&rejected).ok());
  REQUIRE(rejected.connections_size() == 2);
  CHECK(rejected.connections(0).zone_name() == "new");
  CHECK(rejected.connections(0).reason() == "no token");
  CHECK(rejected.connections(0).peer() == "127.0.0.1:2");
  CHECK(rejected.connections(1).zone_name() == "old");
  REQUIRE(rejected.unanswered_size() == 1);
  CHECK(rejected.unanswered(0) == "skyden-2");
}

TEST_CASE("what zones refuse and are not sent is shown") {
  AdminEnv env;
  Client client(env);
  v1::ProvisionZoneResponse zone;
  REQUIRE(client.Provision("zone-1", &zone).ok());
  const auto& registry = env.store.registry();
  kds::RefusedResource refused;
  refused.zone_name = "zone-1";
  refused.zone_version = "3.0.1";
  refused.zone_online = true;
  refused.type = registry.FindByName("MeshRetry")->id;
  refused.key = {"default", "r"};
  refused.reason = "spec: no";
  refused.since = env.clock.Now();
  kds::RefusedResource secret = refused;
  secret.type = registry.FindByName("Secret")->id;
  env.verdicts.Set({refused, secret});
  env.verdicts.SetWithheld({{"zone-1", refused.type, 12, 10, env.clock.Now()},
                            {"zone-2", refused.type, 12, 10, env.clock.Now()}});

  v1::ListRejectedResourcesResponse list;
  REQUIRE(client.RejectedResources(&list).ok());
  REQUIRE(list.resources_size() == 2);
  const v1::RejectedResource& first = list.resources(0);
  CHECK(first.zone_name() == "zone-1");
  CHECK(first.zone_version() == "3.0.1");
  CHECK(first.zone_online());
  CHECK(first.type() == "MeshRetry");
  CHECK(first.mesh() == "default");
  CHECK(first.name() == "r");
  CHECK(first.reason() == "spec: no");
  CHECK(first.since().seconds() == absl::ToUnixSeconds(env.clock.Now()));
  v1::ListZonesResponse zones;
  REQUIRE(client.List(&zones).ok());
  REQUIRE(zones.zones(0).withheld_types_size() == 1);
  CHECK(zones.zones(0).withheld_types(0).type() == "MeshRetry");
  CHECK(zones.zones(0).withheld_types(0).bytes() == 12);
  CHECK(zones.zones(0).withheld_types(0).bytes_max() == 10);

  client.token = env.Token(Role::kViewer);
  list.Clear();
  REQUIRE(client.RejectedResources(&list).ok());
  CHECK(list.resources_size() == 1);  // not the secret
}

TEST_CASE("nothing of another's control plane is to be had") {
  AdminEnv env;
  Client client(env);
  v1::ProvisionZoneResponse zone;
  REQUIRE(client.Provision("zone-1", &zone).ok());
  const auto other = env.store.NewOrganization("other");
  const auto theirs = env.store.NewControlPlane(other, "theirs");
  const auto sibling = env.store.NewControlPlane(env.organization, "sibling");
  v1::ListZonesResponse list;
  v1::ListRejectedConnectionsResponse rejected;
  v1::ListRejectedResourcesResponse resources;
  // Of another organization, of another control plane of the same one, and one that is not there.
  const std::string mine = client.id;
  for (const auto& [token, id] : std::vector<std::pair<std::string, std::string>>{
           {env.store.NewToken(other, Role::kOperator).text, mine},
           {env.Token(Role::kAdmin, &sibling), mine},
           {client.token, theirs.id.str()},
           {client.token, "00000000-0000-4000-8000-000000000000"}}) {
    client.token = token;
    client.id = id;
    for (const grpc::Status& status :
         {client.List(&list), client.Delete("zone-1"), client.Provision("zone-9", &zone),
          client.Rejected(&rejected), client.RejectedResources(&resources)}) {
      CHECK(status.error_code() == grpc::StatusCode::NOT_FOUND);
      CHECK(status.error_message() == "control plane not found");
    }
    client.token = env.Token(Role::kOperator);
  }
  client.token = env.Token(Role::kViewer);
  client.id = mine;
  CHECK(client.List(&list).ok());
  CHECK(client.Delete("zone-1").error_code() == grpc::StatusCode::PERMISSION_DENIED);
  CHECK(client.Provision("zone-9", &zone).error_code() == grpc::StatusCode::PERMISSION_DENIED);
  client.id = "nonsense";
  CHECK(client.List(&list).error_code() == grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace skyden::admin
