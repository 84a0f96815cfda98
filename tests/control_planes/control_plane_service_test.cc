// SPDX-License-Identifier: Apache-2.0
#include "skyden/control_planes/control_plane_service.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "skyden/base/crypto.h"
#include "skyden/base/status.h"
#include "tests/control_planes/fixture.h"

namespace skyden::control_planes {
namespace {

using model::Role;
using Filter = ListControlPlanes::Filter;

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : base::ViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

TEST_CASE("a new control plane is stored whole, with what it begins with") {
  Fixture env;
  CreateControlPlane request;
  request.name = "Team A";
  request.description = "for team A";
  request.labels = {{"env", "prod"}, {"tier", "1"}};
  request.mesh_creation = false;
  request.api_version = "v3";
  const auto created = env.Create(env.As(Role::kAdmin), request);
  REQUIRE(created.ok());
  CHECK(created->name == "Team A");
  CHECK(created->created_at == env.clock.Now());
  CHECK(created->updated_at == env.clock.Now());
  CHECK(model::ParseControlPlaneId(created->id.str()).ok());
  CHECK(created->cluster_id != created->id.str());
  CHECK(env.Has(*created, "Mesh", "default"));

  const auto stored = env.service->Get(env.As(Role::kViewer), created->id);
  REQUIRE(stored.ok());
  CHECK(stored->name == "Team A");
  CHECK(stored->description == "for team A");
  CHECK(stored->labels == request.labels);
  CHECK_FALSE(stored->mesh_creation);
  CHECK(stored->hostname_generator_creation);
  CHECK(stored->api_version == "v3");
  CHECK(stored->cluster_id == created->cluster_id);
}

TEST_CASE("two control planes may bear the same name") {
  Fixture env;
  const auto admin = env.As(Role::kAdmin);
  const auto first = env.Create(admin, {"same", "", {}, true, true, "v2"});
  const auto second = env.Create(admin, {"same", "", {}, true, true, "v2"});
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  CHECK(first->id != second->id);
  CHECK(env.service->List(admin, {})->total == 2);
}

TEST_CASE("a control plane whose beginnings cannot be written is not there") {
  Fixture env;
  const auto admin = env.As(Role::kAdmin);
  env.seed_answer = absl::ResourceExhaustedError("the disk is full");
  CHECK(env.Create(admin, {"x", "", {}, true, true, "v2"}).status().code() ==
        absl::StatusCode::kResourceExhausted);
  CHECK(env.service->List(admin, {})->total == 0);
  env.seed_answer = absl::OkStatus();
  CHECK(env.Create(admin, {"x", "", {}, true, true, "v2"}).ok());
}

TEST_CASE("every field at fault is named at once") {
  Fixture env;
  const auto admin = env.As(Role::kAdmin);
  const auto fields = [&](CreateControlPlane request) {
    return FieldsOf(env.Create(admin, std::move(request)).status());
  };
  using Fields = std::vector<std::string>;
  CreateControlPlane request;
  CHECK(fields(request) == Fields{"name"});
  CHECK(base::ViolationsOf(env.Create(admin, request).status()).front().reason ==
        "property \"name\" is missing");
  request.name = std::string(100, 'n');
  request.description = std::string(250, 'd');
  CHECK(fields(request).empty());
  request.name = "A" + std::string(99 * 2, '\0');
  for (size_t i = 1; i < request.name.size(); i += 2) request.name.replace(i, 2, "\xc3\xa4");
  CHECK(fields(request).empty());  // 100 characters, 199 bytes
  request.name += "x";
  request.description += "x";
  request.api_version = "3";
  request.labels = {{"", "x"},       {"key", ""},
                    {"-key", "x"},   {"long" + std::string(60, 'k'), "x"},
                    {"value", "x-"}, {"good.key", "a.b_c-d"}};
  CHECK(fields(request) == Fields{"name", "description", "labels.", "labels.-key", "labels.key",
                                  "labels.long" + std::string(59, 'k'), "labels.value", "version"});
  request = {};
  for (const char* name : {"-x", " x", "_x", "\xc3\xa4", "x\ny", "x\xff"}) {
    request.name = name;
    CHECK(fields(request) == Fields{"name"});
  }
  request.name = "x";
  for (const char* version : {"v", "v1", "v4", "v3x", "2", "V3"}) {
    request.api_version = version;
    const auto refused = env.Create(admin, request).status();
    CHECK(FieldsOf(refused) == Fields{"version"});
    CHECK(base::ViolationsOf(refused).front().reason.find("must be one of v2, v3") == 0);
  }
  request.api_version = "v3";
  for (int i = 0; i < 11; ++i) request.labels["k" + std::to_string(i)] = "v";
  CHECK(fields(request) == Fields{"labels"});
  request.labels.erase("k0");
  CHECK(fields(request).empty());
}

TEST_CASE("pages are cut from the order of creation") {
  Fixture env;
  const auto admin = env.As(Role::kAdmin);
  std::vector<std::string> names;
  for (int i = 0; i < 7; ++i) {
    names.push_back("cp-" + std::to_string(i));
    REQUIRE(env.Create(admin, {names.back(), "", {}, true, true, "v2"}).ok());
    env.clock.Advance(absl::Seconds(1));
  }
  std::vector<std::string> seen;
  for (size_t number = 1; number <= 4; ++number) {
    const auto page = env.service->List(admin, {3, number, {}});
    REQUIRE(page.ok());
    CHECK(page->total == 7);
    CHECK(page->items.size() == (number < 3 ? 3u : number == 3 ? 1u : 0u));
    for (const auto& item : page->items) seen.push_back(item.name);
  }
  CHECK(seen == names);
  CHECK(env.service->List(admin, {3, SIZE_MAX, {}})->items.empty());
  CHECK(env.service->List(admin, {1000, 1, {}})->items.size() == 7);

  using Fields = std::vector<std::string>;
  CHECK(FieldsOf(env.service->List(admin, {0, 0, {}}).status()) ==
        Fields{"page[size]", "page[number]"});
  CHECK(FieldsOf(env.service->List(admin, {1001, 1, {}}).status()) == Fields{"page[size]"});
}

TEST_CASE("filters pick by name and label") {
  Fixture env;
  const auto admin = env.As(Role::kAdmin);
  REQUIRE(env.Create(admin, {"Alpha", "", {{"env", "prod"}}, true, true, "v2"}).ok());
  REQUIRE(env.Create(admin, {"beta", "", {{"env", "test"}}, true, true, "v2"}).ok());
  REQUIRE(env.Create(admin, {"gamma", "", {}, true, true, "v2"}).ok());
  const auto names = [&](std::vector<Filter> filters) {
    std::set<std::string> found;
    const auto page = env.service->List(admin, {10, 1, std::move(filters)});
    REQUIRE(page.ok());
    for (const auto& item : page->items) found.insert(item.name);
    CHECK(page->total == found.size());
    return found;
  };
  using Names = std::set<std::string>;
  using Op = Filter::Op;
  CHECK(names({{"name", Op::kEq, "Alpha"}}) == Names{"Alpha"});
  CHECK(names({{"name", Op::kEq, "alpha"}}).empty());
  CHECK(names({{"name", Op::kContains, "PH"}}) == Names{"Alpha"});
  CHECK(names({{"name", Op::kNeq, "beta"}}) == Names{"Alpha", "gamma"});
  CHECK(names({{"name", Op::kOrEq, "beta,gamma"}}) == Names{"beta", "gamma"});
  CHECK(names({{"name", Op::kOrContains, "lph,mm"}}) == Names{"Alpha", "gamma"});
  CHECK(names({{"labels.env", Op::kExists, ""}}) == Names{"Alpha", "beta"});
  CHECK(names({{"labels.env", Op::kEq, "prod"}}) == Names{"Alpha"});
  CHECK(names({{"labels.env", Op::kNeq, "prod"}}) == Names{"beta", "gamma"});
  CHECK(names({{"labels.env", Op::kOrEq, "prod,test"}}) == Names{"Alpha", "beta"});
  CHECK(names({{"labels.env", Op::kContains, "es"}}) == Names{"beta"});
  CHECK(names({{"labels.env", Op::kEq, "prod"}, {"name", Op::kContains, "gam"}}).empty());

  using Fields = std::vector<std::string>;
  CHECK(FieldsOf(env.service->List(admin, {10, 1, {{"tenant", Op::kEq, "x"}}}).status()) ==
        Fields{"filter[tenant]"});
  CHECK(FieldsOf(env.service->List(admin, {10, 1, {{"labels.", Op::kEq, "x"}}}).status()) ==
        Fields{"filter[labels.]"});
  CHECK(FieldsOf(env.service->List(admin, {10, 1, std::vector<Filter>(17, {"name", Op::kEq, "x"})})
                     .status()) == Fields{"filter"});
}

TEST_CASE("a list is read once and again after each change") {
  Fixture env;
  const auto admin = env.As(Role::kAdmin);
  const auto created = env.Create(admin, {"one", "", {}, true, true, "v2"});
  REQUIRE(env.service->List(admin, {})->total == 1);
  const uint64_t reads = env.store->counters().reads;
  for (int i = 0; i < 50; ++i) REQUIRE(env.service->List(admin, {})->total == 1);
  CHECK(env.store->counters().reads == reads);

  env.clock.Advance(absl::Seconds(1));  // lists are in the order of creation
  REQUIRE(env.Create(admin, {"two", "", {}, true, true, "v2"}).ok());
  CHECK(env.service->List(admin, {})->total == 2);
  UpdateControlPlane update;
  update.name = "renamed";
  REQUIRE(env.service->Update(admin, created->id, update).ok());
  CHECK(env.service->List(admin, {})->items.front().name == "renamed");
  REQUIRE(env.service->Delete(admin, created->id).ok());
  CHECK(env.service->List(admin, {})->total == 1);
}

TEST_CASE("an update changes what it names, and labels by key or altogether") {
  Fixture env;
  const auto admin = env.As(Role::kAdmin);
  const auto created =
      env.Create(admin, {"one", "first", {{"a", "1"}, {"b", "2"}}, true, true, "v2"});
  REQUIRE(created.ok());
  env.clock.Advance(absl::Minutes(1));

  UpdateControlPlane patch;
  patch.description = "second";
  patch.label_patch = {{"a", std::nullopt}, {"c", "3"}, {"none", std::nullopt}};
  const auto patched = env.service->Update(admin, created->id, patch);
  REQUIRE(patched.ok());
  CHECK(patched->name == "one");
  CHECK(patched->description == "second");
  CHECK(patched->labels == model::Labels{{"b", "2"}, {"c", "3"}});
  CHECK(patched->created_at == created->created_at);
  CHECK(patched->updated_at == env.clock.Now());

  UpdateControlPlane replace;
  replace.name = "new";
  replace.description = "";
  replace.labels = model::Labels{{"d", "4"}};
  replace.api_version = "v2";  // as it is
  REQUIRE(env.service->Update(admin, created->id, replace).ok());
  const auto stored = env.service->Get(admin, created->id);
  CHECK(stored->name == "new");
  CHECK(stored->description.empty());
  CHECK(stored->labels == model::Labels{{"d", "4"}});
  CHECK(stored->api_version == "v2");
  // What it holds would not be of another version.
  replace.api_version = "v3";
  const absl::Status stays = env.service->Update(admin, created->id, replace).status();
  REQUIRE(FieldsOf(stays) == std::vector<std::string>{"version"});
  CHECK(base::ViolationsOf(stays).front().reason.find("stays \"v2\"") == 0);
  CHECK(env.service->Get(admin, created->id)->api_version == "v2");

  UpdateControlPlane wrong;
  wrong.name = "";
  wrong.label_patch = {{"bad key", "x"}};
  CHECK(FieldsOf(env.service->Update(admin, created->id, wrong).status()) ==
        std::vector<std::string>{"name", "labels.bad key"});
  CHECK(env.service->Get(admin, created->id)->name == "new");
  // The bound holds for what comes out, not for what one patch adds.
  for (int i = 0; i < 10; ++i) {
    UpdateControlPlane add;
    add.label_patch["k" + std::to_string(i)] = "v";
    CHECK(env.service->Update(admin, created->id, add).ok() == (i < 9));
  }
}

TEST_CASE("a control plane is not deleted while a zone is online") {
  Fixture env;
  const auto admin = env.As(Role::kAdmin);
  const auto created = env.Create(admin, {"one", "", {}, true, true, "v2"});
  const auto zone = env.Provision(env.Inside(Role::kAdmin, created->id), "zone1");
  REQUIRE(zone.ok());
  env.online = {"zone1", "zone2"};
  const absl::Status refused = env.service->Delete(admin, created->id);
  CHECK(refused.code() == absl::StatusCode::kInvalidArgument);
  CHECK(std::string(refused.message()) ==
        "Bad Request: cpID [invalid]: zone \"zone1\" is still online. Disconnect the zone first"
        ". Zones online: 2; with force=true it is deleted and their connections end");
  CHECK(base::ViolationsOf(refused) ==
        std::vector<base::FieldViolation>{
            {"cpID",
             "zone \"zone1\" is still online. Disconnect the zone first"
             ". Zones online: 2; with force=true it is deleted and their connections end"}});
  CHECK(env.service->Get(admin, created->id).ok());

  env.online.clear();
  REQUIRE(env.service->Delete(admin, created->id).ok());
  CHECK(env.service->Get(admin, created->id).status().code() == absl::StatusCode::kNotFound);
  CHECK(env.service->Delete(admin, created->id).code() == absl::StatusCode::kNotFound);
  CHECK_FALSE(env.authenticator.AuthenticateZone(zone->token, std::nullopt, "zone1").ok());
}

TEST_CASE("another organization's control plane looks like one that is not there") {
  Fixture env;
  const auto theirs = env.store.NewControlPlane(env.store.NewOrganization("other"), "theirs");
  const model::ControlPlaneId missing(base::RandomUuid());
  const auto admin = env.As(Role::kAdmin);
  CHECK(env.service->Get(admin, theirs.id).status() == env.service->Get(admin, missing).status());
  CHECK(env.service->Update(admin, theirs.id, {}).status() ==
        env.service->Update(admin, missing, {}).status());
  CHECK(env.service->Delete(admin, theirs.id) == env.service->Delete(admin, missing));
  CHECK(env.service->Get(admin, missing).status().ToString() ==
        "NOT_FOUND: control plane not found");
  CHECK(env.service->List(admin, {})->total == 0);
}

TEST_CASE("viewers look and change nothing") {
  Fixture env;
  const auto created = env.Create(env.As(Role::kOperator), {"one", "", {}, true, true, "v2"});
  REQUIRE(created.ok());
  const auto viewer = env.As(Role::kViewer);
  CHECK(env.service->Get(viewer, created->id).ok());
  CHECK(env.service->List(viewer, {})->total == 1);
  const auto denied = absl::StatusCode::kPermissionDenied;
  CHECK(env.Create(viewer, {"two", "", {}, true, true, "v2"}).status().code() == denied);
  CHECK(env.service->Update(viewer, created->id, {}).status().code() == denied);
  CHECK(env.service->Delete(viewer, created->id).code() == denied);
  CHECK(env.Provision(env.Inside(Role::kViewer, created->id), "zone-1").status().code() == denied);
  CHECK_FALSE(env.Has(*created, "Zone", "zone-1"));
}

TEST_CASE("a role on one control plane shows that one and no other") {
  Fixture env;
  const auto admin = env.As(Role::kAdmin);
  const auto one = env.Create(admin, {"one", "", {}, true, true, "v2"});
  const auto two = env.Create(admin, {"two", "", {}, true, true, "v2"});
  const model::ControlPlaneId missing(base::RandomUuid());
  const auto not_found = env.service->Get(admin, missing).status();
  for (const Role role : {Role::kAdmin, Role::kViewer}) {
    const auto scope = env.As(role, &*one);
    const auto page = env.service->List(scope, {});
    REQUIRE(page.ok());
    CHECK(page->total == 1);
    CHECK(page->items.at(0).id == one->id);
    CHECK(env.service->Get(scope, one->id).ok());
    CHECK(env.service->Get(scope, two->id).status() == not_found);
    CHECK(env.service->Update(scope, two->id, {}).status() == not_found);
    CHECK(env.service->Delete(scope, two->id) == not_found);
    CHECK(env.service->Suspend(scope, two->id, {}).status() == not_found);
    CHECK(env.service->Resume(scope, two->id).status() == not_found);
    CHECK(env.service->Update(scope, one->id, {}).ok() == (role == Role::kAdmin));
    CHECK(
        absl::IsPermissionDenied(env.Create(scope, {"three", "", {}, true, true, "v2"}).status()));
  }
  const auto connector = env.As(Role::kConnector, &*one);
  CHECK(absl::IsPermissionDenied(env.service->List(connector, {}).status()));
  CHECK(absl::IsPermissionDenied(env.service->Get(connector, one->id).status()));
  CHECK(env.service->Get(connector, two->id).status() == not_found);
}

TEST_CASE("who creates without administrating becomes the admin of what it creates") {
  Fixture env;
  const auto token = env.store.NewToken(env.organization, Role::kCreator);
  const auto scope = [&] {
    return *env.authenticator.EnterOrganization(*env.authenticator.Authenticate(token.text));
  };
  const auto other = env.Create(env.As(Role::kAdmin), {"other", "", {}, true, true, "v2"});
  const auto made = env.Create(scope(), {"mine", "", {}, true, true, "v2"});
  REQUIRE(made.ok());
  CHECK(env.service->List(scope(), {})->total == 2);
  CHECK(env.service->Get(scope(), made->id).ok());
  CHECK(absl::IsPermissionDenied(env.service->Get(scope(), other->id).status()));
  CHECK(absl::IsPermissionDenied(env.service->Delete(scope(), other->id)));
  CHECK(env.service->Delete(scope(), made->id).ok());
}

TEST_CASE("a zone that is online does not stop a deletion that means it") {
  Fixture env;
  const auto admin = env.As(Role::kAdmin);
  const auto created = env.Create(admin, {"one", "", {}, true, true, "v2"});
  env.online = {"zone1"};
  CHECK_FALSE(env.service->Delete(admin, created->id).ok());
  CHECK(env.service->Delete(admin, created->id, ControlPlaneService::Online::kIsEnded).ok());
  CHECK(absl::IsNotFound(env.service->Get(admin, created->id).status()));
}

TEST_CASE(
    "a suspended control plane keeps its zones out and changes nothing, until it is resumed") {
  Fixture env;
  const auto admin = env.As(Role::kAdmin);
  const auto created = env.Create(admin, {"one", "", {}, true, true, "v2"});
  const auto zone = env.Provision(env.Inside(Role::kAdmin, created->id), "zone-1");
  const auto sign_in = [&] {
    return env.authenticator.AuthenticateZone(zone->token, created->id, "zone-1").status();
  };
  REQUIRE(sign_in().ok());
  const absl::Time since = env.clock.Now();
  const auto suspended = env.service->Suspend(admin, created->id, {"unpaid", std::nullopt});
  REQUIRE(suspended.ok());
  REQUIRE(suspended->suspension.has_value());
  CHECK(suspended->suspension->at == since);
  CHECK(sign_in().ToString() == "UNAVAILABLE: the control plane is suspended (unpaid)");
  const auto provision = [&](const std::string& name) {
    return env.Provision(env.Inside(Role::kAdmin, created->id), name).status();
  };
  CHECK(absl::IsFailedPrecondition(provision("zone-2")));
  CHECK_FALSE(env.Has(*created, "Zone", "zone-2"));
  CHECK(env.service->List(admin, {})->items.at(0).SuspendedAt(env.clock.Now()));

  // Again, with an end: since when stays.
  env.clock.Advance(absl::Minutes(1));
  const absl::Time until = env.clock.Now() + absl::Hours(1);
  const auto again = env.service->Suspend(admin, created->id, {"maintenance", until});
  CHECK(again->suspension->at == since);
  CHECK(again->suspension->until == until);
  env.clock.Advance(absl::Hours(1));
  CHECK(sign_in().ok());
  CHECK(provision("zone-2").ok());

  REQUIRE(env.service->Suspend(admin, created->id, {"", std::nullopt}).ok());
  CHECK_FALSE(sign_in().ok());
  const auto resumed = env.service->Resume(admin, created->id);
  REQUIRE(resumed.ok());
  CHECK_FALSE(resumed->suspension.has_value());
  CHECK(sign_in().ok());
  CHECK(env.service->Resume(admin, created->id).ok());

  CHECK(FieldsOf(env.service->Suspend(admin, created->id, {std::string(251, 'x'), env.clock.Now()})
                     .status()) == std::vector<std::string>{"reason", "until"});
  CHECK(FieldsOf(env.service->Suspend(admin, created->id, {"a\nb", std::nullopt}).status()) ==
        std::vector<std::string>{"reason"});
}

}  // namespace
}  // namespace skyden::control_planes
