// SPDX-License-Identifier: Apache-2.0
#include <grpcpp/create_channel.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "skyden/admin/v1/control_planes.grpc.pb.h"
#include "skyden/identity/tokens.h"
#include "skyden/store/directory_tx.h"
#include "tests/admin/admin_env.h"

namespace skyden::admin {
namespace {

using model::Role;
using Stub = v1::ControlPlanes::Stub;

std::vector<std::string> FieldsOf(const grpc::Status& status) {
  google::rpc::Status rich;
  std::vector<std::string> fields;
  if (!rich.ParseFromString(status.error_details())) return fields;
  for (const auto& detail : rich.details()) {
    google::rpc::BadRequest bad_request;
    if (!detail.UnpackTo(&bad_request)) continue;
    for (const auto& violation : bad_request.field_violations()) {
      fields.push_back(violation.field());
    }
  }
  return fields;
}

struct Client {
  explicit Client(AdminEnv& env, Role role = Role::kOperator)
      : stub(v1::ControlPlanes::NewStub(env.Channel())), token(env.Token(role)) {}

  grpc::Status Create(const v1::CreateControlPlaneRequest& request, v1::ControlPlane* response) {
    return AdminEnv::Call(*stub, &Stub::Create, request, response, token);
  }
  v1::ControlPlane MustCreate(const std::string& name) {
    v1::CreateControlPlaneRequest request;
    v1::ControlPlane response;
    request.set_name(name);
    REQUIRE(Create(request, &response).ok());
    return response;
  }
  grpc::Status Get(const std::string& id, v1::ControlPlane* response) {
    v1::GetControlPlaneRequest request;
    request.set_id(id);
    return AdminEnv::Call(*stub, &Stub::Get, request, response, token);
  }
  grpc::Status Delete(const std::string& id) {
    v1::DeleteControlPlaneRequest request;
    v1::DeleteControlPlaneResponse response;
    request.set_id(id);
    return AdminEnv::Call(*stub, &Stub::Delete, request, &response, token);
  }

  std::unique_ptr<Stub> stub;
  std::string token;
};

TEST_CASE("calls are timed by how they end") {
  AdminEnv env;
  Client client(env);
  const CallTimes& times = env.server().call_times();
  client.MustCreate("team-a");
  v1::ControlPlane response;
  CHECK(client.Get("00000000-0000-4000-8000-000000000001", &response).error_code() ==
        grpc::StatusCode::NOT_FOUND);
  client.token = "nonsense";
  CHECK(client.Get("00000000-0000-4000-8000-000000000001", &response).error_code() ==
        grpc::StatusCode::UNAUTHENTICATED);
  CHECK(times.ok.Read().total() == 1);
  CHECK(times.refused.Read().total() == 2);
  CHECK(times.failed.Read().total() == 0);
}

TEST_CASE("a control plane is created, read, changed and deleted over gRPC") {
  AdminEnv env;
  Client client(env);
  v1::CreateControlPlaneRequest create;
  create.set_name("team-a");
  create.set_description("for team A");
  (*create.mutable_labels())["env"] = "prod";
  create.set_mesh_creation(false);
  v1::ControlPlane created;
  REQUIRE(client.Create(create, &created).ok());
  CHECK(created.name() == "team-a");
  CHECK(created.version() == "v2");
  CHECK_FALSE(created.mesh_creation());
  CHECK(created.hostname_generator_creation());
  CHECK(created.created_at().seconds() == absl::ToUnixSeconds(env.clock.Now()));

  v1::ControlPlane read;
  REQUIRE(client.Get(created.id(), &read).ok());
  CHECK(read.SerializeAsString() == created.SerializeAsString());

  v1::UpdateControlPlaneRequest update;
  update.set_id(created.id());
  update.set_description("");
  (*update.mutable_set_labels())["tier"] = "1";
  update.add_remove_labels("env");
  v1::ControlPlane updated;
  REQUIRE(AdminEnv::Call(*client.stub, &Stub::Update, update, &updated, client.token).ok());
  CHECK(updated.name() == "team-a");
  CHECK(updated.description().empty());
  CHECK(updated.labels().size() == 1);
  CHECK(updated.labels().at("tier") == "1");

  REQUIRE(client.Delete(created.id()).ok());
  CHECK(client.Get(created.id(), &read).error_code() == grpc::StatusCode::NOT_FOUND);
}

TEST_CASE("lists are paged and filtered over gRPC") {
  AdminEnv env;
  Client client(env);
  for (const char* name : {"a-1", "a-2", "b-1"}) client.MustCreate(name);
  v1::ListControlPlanesRequest request;
  v1::ListControlPlanesResponse response;
  const auto list = [&] {
    response.Clear();
    return AdminEnv::Call(*client.stub, &Stub::List, request, &response, client.token);
  };
  REQUIRE(list().ok());
  CHECK(response.total() == 3);
  CHECK(response.control_planes_size() == 3);
  request.set_page_size(2);
  request.set_page_number(2);
  REQUIRE(list().ok());
  CHECK(response.total() == 3);
  CHECK(response.control_planes_size() == 1);
  request.Clear();
  auto& filter = *request.add_filters();
  filter.set_field("name");
  filter.set_operator_(v1::ListControlPlanesRequest::CONTAINS);
  filter.set_value("a-");
  REQUIRE(list().ok());
  CHECK(response.total() == 2);
  filter.set_field("nonsense");
  const grpc::Status refused = list();
  CHECK(refused.error_code() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(FieldsOf(refused) == std::vector<std::string>{"filter[nonsense]"});
  filter.set_operator_(static_cast<v1::ListControlPlanesRequest::Operator>(99));
  CHECK(list().error_code() == grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_CASE("no data without a good token") {
  AdminEnv env;
  Client client(env);
  const v1::ControlPlane mine = client.MustCreate("mine");
  const auto revoked = env.store.NewToken(env.organization, Role::kOperator);
  const auto expired = env.store.NewToken(env.organization, Role::kOperator, nullptr, "",
                                          env.clock.Now() - absl::Seconds(1));
  REQUIRE(env.store
              ->WriteDirectory(TestStore::Organization(env.organization),
                               [&](store::DirectoryTx& tx) {
                                 return tx.RevokeToken(revoked.record.id, env.clock.Now());
                               })
              .ok());
  v1::ControlPlane response;
  client.token.clear();
  CHECK(client.Get(mine.id(), &response).error_code() == grpc::StatusCode::UNAUTHENTICATED);
  CHECK(client.Get(mine.id(), &response).error_message() == "a token is required");
  for (const std::string& token :
       {std::string("wrong"), revoked.text, expired.text,
        identity::GenerateToken(identity::TokenKind::kSystemAccount).text}) {
    client.token = token;
    const grpc::Status refused = client.Get(mine.id(), &response);
    CHECK(refused.error_code() == grpc::StatusCode::UNAUTHENTICATED);
    CHECK(refused.error_message() == "the token is not valid");
  }
  grpc::ClientContext twice;
  const std::string good = env.Token(Role::kOperator);
  twice.AddMetadata("authorization", good);
  twice.AddMetadata("authorization", good);
  v1::GetControlPlaneRequest request;
  request.set_id(mine.id());
  CHECK(client.stub->Get(&twice, request, &response).error_code() ==
        grpc::StatusCode::UNAUTHENTICATED);
  CHECK(response.id().empty());
}

TEST_CASE("another organization's control plane looks like one that is not there") {
  AdminEnv env;
  Client client(env);
  const auto theirs = env.store.NewControlPlane(env.store.NewOrganization("other"), "theirs");
  v1::ControlPlane response;
  const grpc::Status missing = client.Get("00000000-0000-4000-8000-000000000000", &response);
  const grpc::Status foreign = client.Get(theirs.id.str(), &response);
  CHECK(missing.error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(foreign.error_code() == missing.error_code());
  CHECK(foreign.error_message() == missing.error_message());
  CHECK(foreign.error_details() == missing.error_details());
  CHECK(client.Delete(theirs.id.str()).error_message() == missing.error_message());
}

TEST_CASE("roles hold over gRPC") {
  AdminEnv env;
  Client chief(env);
  const v1::ControlPlane mine = chief.MustCreate("mine");
  Client viewer(env, Role::kViewer);
  v1::ControlPlane response;
  CHECK(viewer.Get(mine.id(), &response).ok());
  CHECK(viewer.Delete(mine.id()).error_code() == grpc::StatusCode::PERMISSION_DENIED);
  Client connector(env, Role::kConnector);
  CHECK(connector.Get(mine.id(), &response).error_code() == grpc::StatusCode::PERMISSION_DENIED);
}

TEST_CASE("every field at fault is named in a detail") {
  AdminEnv env;
  Client client(env);
  v1::CreateControlPlaneRequest request;
  request.set_version("nonsense");
  request.set_description(std::string(251, 'd'));
  (*request.mutable_labels())["-"] = "x";
  v1::ControlPlane response;
  const grpc::Status refused = client.Create(request, &response);
  CHECK(refused.error_code() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(FieldsOf(refused) ==
        std::vector<std::string>{"name", "description", "labels.-", "version"});
  CHECK(FieldsOf(client.Get("not-a-uuid", &response)) == std::vector<std::string>{"id"});
}

TEST_CASE("the largest possible error still fits a client's trailers") {
  AdminEnv env;
  Client client(env);
  v1::CreateControlPlaneRequest request;
  for (int i = 0; i < 10; ++i) {
    (*request.mutable_labels())[std::string(5'000, '-') + std::to_string(i)] = "\xc3\xa4";
  }
  v1::ControlPlane response;
  const grpc::Status refused = client.Create(request, &response);
  CHECK(refused.error_code() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(FieldsOf(refused).size() == 20);
}

TEST_CASE("deleting is refused while a zone is online, in the words clients know") {
  AdminEnv env;
  Client client(env);
  const v1::ControlPlane mine = client.MustCreate("mine");
  env.online.Set({"zone1"});
  const grpc::Status refused = client.Delete(mine.id());
  CHECK(refused.error_code() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(refused.error_message() ==
        "Bad Request: cpID [invalid]: zone \"zone1\" is still online. Disconnect the zone first"
        ". Zones online: 1; with force=true it is deleted and their connections end");
  env.online.Set({});
  CHECK(client.Delete(mine.id()).ok());
}

TEST_CASE("oversized and compressed requests are refused, and the server lives on") {
  AdminEnv env;
  Client client(env);
  v1::CreateControlPlaneRequest request;
  request.set_name("x");
  request.set_description(std::string((1 << 20) + 1, 'd'));
  v1::ControlPlane response;
  CHECK(client.Create(request, &response).error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);

  grpc::ClientContext context;
  context.AddMetadata("authorization", client.token);
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  request.set_description(std::string(900'000, 'd'));
  CHECK_FALSE(client.stub->Create(&context, request, &response).ok());
  client.MustCreate("still-here");
}

}  // namespace
}  // namespace skyden::admin
