// SPDX-License-Identifier: Apache-2.0
// Previews, history, rollouts and usage over gRPC. What they mean is shown where their services are
// tested; here it is that they come through.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "server/services.h"
#include "skyden/admin/v1/changes.grpc.pb.h"
#include "skyden/admin/v1/control_planes.grpc.pb.h"
#include "skyden/admin/v1/usage.grpc.pb.h"
#include "skyden/admin/v1/zones.grpc.pb.h"
#include "skyden/store/metering.h"
#include "tests/admin/admin_env.h"

namespace skyden::admin {
namespace {

using grpc::StatusCode;
using model::Role;

std::string Timeout(const std::string& time) {
  return R"({"type":"MeshTimeout","mesh":"default","name":"t","spec":{"targetRef":{"kind":"Mesh"},)"
         R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":")" +
         time + R"("}}]}})";
}

struct Client {
  Client() {
    auto planes = v1::ControlPlanes::NewStub(env.Channel());
    v1::CreateControlPlaneRequest create;
    v1::ControlPlane made;
    create.set_name("mine");
    REQUIRE(AdminEnv::Call(*planes, &v1::ControlPlanes::Stub::Create, create, &made, token).ok());
    id = made.id();
    auto zones = v1::Zones::NewStub(env.Channel());
    for (const char* name : {"east", "west"}) {
      v1::ProvisionZoneRequest provision;
      v1::ProvisionZoneResponse provisioned;
      provision.set_control_plane_id(id);
      provision.set_name(name);
      REQUIRE(
          AdminEnv::Call(*zones, &v1::Zones::Stub::Provision, provision, &provisioned, token).ok());
    }
  }

  model::TenantScope Inside() {
    const auto found =
        env.store->FindControlPlane(model::SystemScope::For("test"), model::ControlPlaneId(id));
    REQUIRE(found.ok());
    REQUIRE(found->has_value());
    return TestStore::Tenant(**found);
  }
  // A person's.
  void Put(const std::string& time) {
    const auto caller = env.services().authenticator.Authenticate(token);
    REQUIRE(caller.ok());
    const auto scope = env.services().authenticator.Enter(*caller, model::ControlPlaneId(id));
    REQUIRE(scope.ok());
    absl::Status put;
    absl::Notification answered;
    env.services().manager->PutAsync(
        *scope, {env.registry().FindByName("MeshTimeout"), {"default", "t"}, Timeout(time)},
        [&](const absl::StatusOr<resources::PutResult>& done) {
          put = done.status();
          answered.Notify();
        });
    answered.WaitForNotification();
    INFO(put);
    REQUIRE(put.ok());
  }

  AdminEnv env;
  const std::string token = env.Token(Role::kOperator);
  std::string id;
};

}  // namespace

TEST_CASE("a preview over gRPC is what REST answers", "[admin][changes]") {
  Client client;
  auto stub = v1::Previews::NewStub(client.env.Channel());
  v1::PreviewRequest request;
  request.set_control_plane_id(client.id);
  request.set_documents(Timeout("9s"));
  v1::PreviewResponse response;
  const auto preview = [&] {
    return AdminEnv::Call(*stub, &v1::Previews::Stub::Preview, request, &response, client.token);
  };
  const grpc::Status done = preview();
  INFO(done.error_message());
  REQUIRE(done.ok());
  const auto& members = response.preview().fields();
  const auto& change = members.at("changes").list_value().values(0).struct_value().fields();
  CHECK(change.at("type").string_value() == "MeshTimeout");
  CHECK(change.at("outcome").string_value() == "created");
  CHECK(members.at("complete").bool_value());
  // Nothing was written.
  request.set_documents(Timeout("8s"));
  REQUIRE(preview().ok());
  request.set_documents("type: Mesh");
  CHECK(preview().error_code() == StatusCode::INVALID_ARGUMENT);
  request.set_documents(Timeout("9s"));
  request.mutable_desired()->set_prune(true);
  CHECK(preview().error_code() == StatusCode::INVALID_ARGUMENT);
  request.mutable_desired()->set_owner("team-a");
  CHECK(preview().ok());
}

TEST_CASE("what people wrote is listed, compared and taken back over gRPC", "[admin][changes]") {
  Client client;
  client.Put("5s");
  client.Put("6s");
  auto stub = v1::History::NewStub(client.env.Channel());
  v1::ListHistoryRequest list;
  v1::ListHistoryResponse listed;
  list.set_control_plane_id(client.id);
  list.mutable_of()->set_type("MeshTimeout");
  list.mutable_of()->set_mesh("default");
  list.mutable_of()->set_name("t");
  list.set_page_size(1);
  const auto page = [&] {
    listed.Clear();
    return AdminEnv::Call(*stub, &v1::History::Stub::List, list, &listed, client.token);
  };
  REQUIRE(page().ok());
  REQUIRE(listed.entries_size() == 1);
  CHECK(listed.entries(0).action() == "update");
  CHECK(listed.entries(0).actor_kind() == "system_account");
  const uint64_t newest = listed.entries(0).revision();
  CHECK(listed.revision() == newest);
  REQUIRE(listed.has_next());
  *list.mutable_beyond() = listed.next();
  REQUIRE(page().ok());
  REQUIRE(listed.entries_size() == 1);
  CHECK(listed.entries(0).action() == "create");
  const uint64_t oldest = listed.entries(0).revision();
  list.mutable_of()->set_type("Nothing");
  CHECK(page().error_code() == StatusCode::INVALID_ARGUMENT);

  v1::DiffHistoryRequest diff;
  v1::DiffHistoryResponse differs;
  diff.set_control_plane_id(client.id);
  diff.set_from(oldest);
  REQUIRE(AdminEnv::Call(*stub, &v1::History::Stub::Diff, diff, &differs, client.token).ok());
  CHECK(differs.to() == newest);
  REQUIRE(differs.resources_size() == 1);
  CHECK(differs.resources(0).outcome() == "updated");
  REQUIRE(differs.resources(0).changes_size() == 1);
  CHECK(differs.resources(0).changes(0).before() == "\"5s\"");
  CHECK(differs.resources(0).changes(0).after() == "\"6s\"");

  v1::RestoreHistoryRequest restore;
  v1::RestoreHistoryResponse restored;
  restore.set_control_plane_id(client.id);
  restore.set_revision(oldest);
  const auto back = [&] {
    restored.Clear();
    return AdminEnv::Call(*stub, &v1::History::Stub::Restore, restore, &restored, client.token);
  };
  restore.set_dry_run(true);
  REQUIRE(back().ok());
  CHECK(restored.revision().empty());
  CHECK(restored.resources_size() == 1);
  restore.set_dry_run(false);
  restore.set_if_revision(std::string(client.env.store->epoch()) + "." + std::to_string(oldest));
  CHECK(back().error_code() == StatusCode::ABORTED);
  restore.set_if_revision("x");
  CHECK(back().error_code() == StatusCode::INVALID_ARGUMENT);
  restore.clear_if_revision();
  restore.mutable_of()->set_name("t");
  CHECK(back().error_code() == StatusCode::INVALID_ARGUMENT);
  restore.clear_of();
  REQUIRE(back().ok());
  CHECK(restored.revision().ends_with("." + std::to_string(newest + 1)));
  diff.set_to(newest + 1);
  differs.Clear();
  REQUIRE(AdminEnv::Call(*stub, &v1::History::Stub::Diff, diff, &differs, client.token).ok());
  CHECK(differs.resources_size() == 0);
}

TEST_CASE("a rollout is begun, shown and stepped over gRPC", "[admin][changes]") {
  Client client;
  auto stub = v1::Rollouts::NewStub(client.env.Channel());
  v1::StartRolloutRequest start;
  v1::Rollout rollout;
  start.set_control_plane_id(client.id);
  start.set_documents(Timeout("9s"));
  const auto begin = [&] {
    rollout.Clear();
    return AdminEnv::Call(*stub, &v1::Rollouts::Stub::Start, start, &rollout, client.token);
  };
  CHECK(begin().error_code() == StatusCode::INVALID_ARGUMENT);  // without waves
  start.add_waves()->add_zones("east");
  start.add_waves()->set_percent(101);
  CHECK(begin().error_code() == StatusCode::INVALID_ARGUMENT);
  start.mutable_waves(1)->set_percent(100);
  start.mutable_hold()->set_seconds(-1);
  CHECK(begin().error_code() == StatusCode::INVALID_ARGUMENT);
  start.mutable_hold()->set_seconds(300);
  start.mutable_gate()->set_max_rise_percent(200);
  CHECK(begin().error_code() == StatusCode::INVALID_ARGUMENT);
  start.mutable_gate()->set_max_rise_percent(2);
  const grpc::Status begun = begin();
  INFO(begun.error_message());
  REQUIRE(begun.ok());
  CHECK(rollout.state() == "running");
  CHECK(rollout.mesh() == "default");
  REQUIRE(rollout.waves_size() == 2);
  CHECK(rollout.waves(0).names(0) == "east");
  CHECK(rollout.waves(1).names(0) == "west");
  CHECK(rollout.hold().seconds() == 300);
  CHECK(rollout.gate().max_rise_percent() == Approx(2));
  CHECK(rollout.gate().min_requests() == 100);
  REQUIRE(rollout.resources_size() == 1);
  CHECK(rollout.resources(0).action() == "create");
  CHECK(begin().error_code() == StatusCode::ALREADY_EXISTS);

  v1::RolloutRequest one;
  one.set_control_plane_id(client.id);
  v1::ListRolloutsRequest list;
  v1::ListRolloutsResponse listed;
  list.set_control_plane_id(client.id);
  REQUIRE(AdminEnv::Call(*stub, &v1::Rollouts::Stub::List, list, &listed, client.token).ok());
  REQUIRE(listed.rollouts_size() == 1);
  one.set_id(listed.rollouts(0).id());
  const auto step = [&](auto method) {
    rollout.Clear();
    return AdminEnv::Call(*stub, method, one, &rollout, client.token);
  };
  using Stub = v1::Rollouts::Stub;
  REQUIRE(step(&Stub::Get).ok());
  CHECK(rollout.id() == one.id());
  CHECK(step(&Stub::Resume).error_code() == StatusCode::FAILED_PRECONDITION);
  REQUIRE(step(&Stub::Pause).ok());
  CHECK(rollout.state() == "paused");
  CHECK(rollout.reason().starts_with("paused by "));
  REQUIRE(step(&Stub::Resume).ok());
  REQUIRE(step(&Stub::Finish).ok());
  CHECK(rollout.state() == "finished");
  CHECK_FALSE(rollout.revision().empty());
  CHECK(step(&Stub::Abort).error_code() == StatusCode::FAILED_PRECONDITION);
  one.set_id("none");
  CHECK(step(&Stub::Get).error_code() == StatusCode::NOT_FOUND);
}

TEST_CASE("usage over gRPC is in seconds, by page", "[admin][usage]") {
  Client client;
  const model::TenantScope inside = client.Inside();
  const store::Hour hour = 490'000;
  REQUIRE(store::MeteringOf(*client.env.store)
              .Add(client.env.owner(),
                   std::vector<store::MeteredHour>{{inside.tenant(), hour, {7200, 36, 5, 60}},
                                                   {inside.tenant(), hour + 1, {1, 0, 0, 0}}})
              .ok());
  auto stub = v1::Usage::NewStub(client.env.Channel());
  v1::ListUsageRequest request;
  v1::ListUsageResponse response;
  const auto ask = [&] {
    response.Clear();
    return AdminEnv::Call(*stub, &v1::Usage::Stub::List, request, &response, client.token);
  };
  CHECK(ask().error_code() == StatusCode::INVALID_ARGUMENT);  // from nowhere to nowhere
  request.mutable_from()->set_seconds(hour * 3600);
  request.mutable_to()->set_seconds((hour + 24) * 3600);
  REQUIRE(ask().ok());
  REQUIRE(response.lines_size() == 1);
  CHECK(response.lines(0).control_plane_name() == "mine");
  CHECK(response.lines(0).zone_seconds() == 7201);
  CHECK(response.lines(0).writes() == 5);
  CHECK_FALSE(response.lines(0).has_deleted_at());
  request.set_group(v1::ListUsageRequest::HOUR);
  request.set_page_size(1);
  REQUIRE(ask().ok());
  CHECK(response.lines(0).bytes() == 60);
  request.set_page_after(response.next());
  REQUIRE(ask().ok());
  CHECK(response.lines(0).zone_seconds() == 1);
  CHECK(response.next().empty());
  request.mutable_to()->set_seconds((hour + 24 * 401) * 3600);
  CHECK(ask().error_code() == StatusCode::INVALID_ARGUMENT);
}

}  // namespace skyden::admin
