// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <thread>

#include "tests/resources/manager/manager_env.h"

namespace skyden::resources::testing {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("a new resource is created, and a known one updated", "[manager]") {
  ManagerEnv env;
  const auto created = env.Put("MeshTimeout", "default", "t", TimeoutSpec());
  INFO(created.status());
  REQUIRE(created.ok());
  CHECK(created->outcome == PutResult::Outcome::kCreated);
  const auto first = env.Get("MeshTimeout", "default", "t");
  REQUIRE(first.ok());
  CHECK(first->creation_time == env.clock.Now());
  CHECK(first->modification_time == env.clock.Now());
  CHECK(first->labels == model::Labels{{"kuma.io/mesh", "default"}});

  env.fake_clock.Advance(absl::Seconds(5));
  const auto updated =
      env.Put("MeshTimeout", "default", "t", R"("labels":{"team":"a"},)" + TimeoutSpec("7s"));
  REQUIRE(updated.ok());
  CHECK(updated->outcome == PutResult::Outcome::kUpdated);
  const auto second = env.Get("MeshTimeout", "default", "t");
  REQUIRE(second.ok());
  CHECK(second->creation_time == first->creation_time);
  CHECK(second->modification_time == env.clock.Now());
  CHECK(second->version == first->version + 1);
  CHECK(second->spec.find("\"7s\"") != std::string::npos);
}

TEST_CASE("labels are replaced as a whole", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.Put("MeshTimeout", "default", "t",
                  R"("labels":{"team":"a","kuma.io/mesh":"other"},)" + TimeoutSpec())
              .ok());
  CHECK(env.Get("MeshTimeout", "default", "t")->labels ==
        model::Labels{{"kuma.io/mesh", "other"}, {"team", "a"}});
  REQUIRE(env.Put("MeshTimeout", "default", "t", TimeoutSpec()).ok());
  CHECK(env.Get("MeshTimeout", "default", "t")->labels ==
        model::Labels{{"kuma.io/mesh", "default"}});
}

TEST_CASE("a mesh that does not exist is said before a body that does not decode", "[manager]") {
  ManagerEnv env;
  const auto result = env.PutBody("MeshTimeout", {"nope", "t"}, "{not json");
  CHECK(absl::IsNotFound(result.status()));
  CHECK(base::TitleOf(result.status()) == "Failed to retrieve Mesh");
  CHECK(result.status().message() == "Not found");
}

TEST_CASE("a body that does not decode is a bad request with the reason", "[manager]") {
  ManagerEnv env;
  const auto result = env.PutBody("MeshTimeout", {"default", "t"}, "[]");
  CHECK(absl::IsInvalidArgument(result.status()));
  CHECK(base::TitleOf(result.status()) == "Bad Request");
  CHECK(std::string(result.status().message()).find("invalid MeshTimeout object") == 0);
}

TEST_CASE("everything that is wrong with a request is said at once", "[manager]") {
  ManagerEnv env;
  const auto result = env.PutBody(
      "Secret", {"default", "s"},
      R"({"type":"Nope","mesh":"other","name":"","labels":{"kuma.io/origin":"x","bad key!":"v"}})");
  CHECK(absl::IsInvalidArgument(result.status()));
  CHECK(base::TitleOf(result.status()) == "Could not process a resource");
  CHECK(result.status().message() == "Resource is not valid");
  const Lines reasons = Reasons(result.status());
  REQUIRE(reasons.size() == 7);
  CHECK(reasons[0] == "name: name from the URL has to be the same as in body");
  CHECK(reasons[1] == "type: type from the URL has to be the same as in body");
  CHECK(reasons[2] == "mesh: mesh from the URL has to be the same as in body");
  CHECK(reasons[3] == R"(labels["kuma.io/origin"]: unknown resource origin "x")");
  CHECK(reasons[4] == R"(labels["kuma.io/origin"]: the origin label must be set to 'global')");
  CHECK(reasons[5].find(R"(labels["bad key!"]: name part must consist of)") == 0);
  CHECK(reasons[6] == "name: cannot be empty");
}

TEST_CASE("what depends on the name or on a label is said when the resource is written",
          "[manager]") {
  ManagerEnv env;
  const std::string long_name(64, 's');
  const auto named = env.PutBody("MeshExternalService", {"default", long_name},
                                 R"({"type":"MeshExternalService","mesh":"default","name":")" +
                                     long_name + R"(","spec":{"match":{"port":443}}})");
  CHECK(base::TitleOf(named.status()) == "Failed to create a resource");
  CHECK(Reasons(named.status()) == Lines{"name: must not be longer than 63 characters"});
  const auto role = env.Put("MeshTimeout", "default", "t",
                            R"("labels":{"kuma.io/policy-role":"consumer"},)"
                            R"("spec":{"targetRef":{"kind":"MeshGateway","name":"g"},"to":[)"
                            R"({"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"1s"}}]})");
  CHECK(base::TitleOf(role.status()) == "Failed to create a resource");
  CHECK(Reasons(role.status()) ==
        Lines{"spec.targetRef.kind: value 'MeshGateway' is not supported"});
}

TEST_CASE("what ties a resource to its zone, origin and display name stays", "[manager]") {
  ManagerEnv env;
  const std::string tied =
      R"("labels":{"kuma.io/zone":"east","kuma.io/origin":"global","kuma.io/display-name":"d"},)";
  REQUIRE(env.Put("MeshTimeout", "default", "t", tied + TimeoutSpec()).ok());
  const auto removed = env.Put("MeshTimeout", "default", "t", TimeoutSpec());
  CHECK(base::TitleOf(removed.status()) == "Could not update a resource");
  CHECK(Reasons(removed.status()) ==
        Lines{R"(labels["kuma.io/origin"]: is immutable, cannot be removed (was "global"))",
              R"(labels["kuma.io/zone"]: is immutable, cannot be removed (was "east"))",
              R"(labels["kuma.io/display-name"]: is immutable, cannot be removed (was "d"))"});
  const auto changed = env.Put("MeshTimeout", "default", "t",
                               R"("labels":{"kuma.io/zone":"west","kuma.io/origin":"global",)"
                               R"("kuma.io/display-name":"d"},)" +
                                   TimeoutSpec());
  CHECK(Reasons(changed.status()) ==
        Lines{R"(labels["kuma.io/zone"]: is immutable, cannot be changed from "east" to "west")"});
  CHECK(env.Put("MeshTimeout", "default", "t", tied + TimeoutSpec()).ok());
}

TEST_CASE("a zone may be named later, once", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.Put("MeshTimeout", "default", "t", TimeoutSpec()).ok());
  CHECK(env.Put("MeshTimeout", "default", "t", R"("labels":{"kuma.io/zone":"x"},)" + TimeoutSpec())
            .ok());
  CHECK_FALSE(env.Put("MeshTimeout", "default", "t", TimeoutSpec()).ok());
}

TEST_CASE("what came from a zone cannot be overwritten here", "[manager]") {
  ManagerEnv env;
  env.PutFromZone("MeshTimeout", "default", "t", "east",
                  R"({"targetRef":{"kind":"Mesh"},"to":[]})");
  const auto result = env.Put("MeshTimeout", "default", "t", TimeoutSpec());
  CHECK(base::TitleOf(result.status()) == "Could not update a resource");
  CHECK(env.Get("MeshTimeout", "default", "t")->zone == "east");
}

TEST_CASE("types that only zones write are refused", "[manager]") {
  ManagerEnv env;
  for (const std::string type : {"Dataplane", "MeshService", "ZoneInsight", "MeshInsight"}) {
    const auto result = env.PutBody(type, {"default", "x"}, "{not json");
    CHECK(absl::IsUnimplemented(result.status()));
    CHECK(base::TitleOf(result.status()) == "Method not allowed");
    CHECK(absl::IsUnimplemented(env.Delete(type, "default", "x")));
  }
}

TEST_CASE("status is not taken from a client, and kept when there is one", "[manager]") {
  ManagerEnv env;
  const std::string body =
      R"("spec":{"match":{"type":"HostnameGenerator","port":80,"protocol":"http"},)"
      R"("endpoints":[{"address":"a.example","port":80}]},)"
      R"("status":{"vip":{"ip":"1.2.3.4"}})";
  REQUIRE(env.Put("MeshExternalService", "default", "e", body).ok());
  auto stored = env.Get("MeshExternalService", "default", "e");
  CHECK(stored->status.find("1.2.3.4") == std::string::npos);
  stored->status = R"({"vip":{"ip":"9.9.9.9"}})";
  env.Store(*stored);
  REQUIRE(env.Put("MeshExternalService", "default", "e", body).ok());
  CHECK(env.Get("MeshExternalService", "default", "e")->status == R"({"vip":{"ip":"9.9.9.9"}})");
}

TEST_CASE("a viewer writes nothing, and only administrators touch secrets", "[manager]") {
  ManagerEnv env;
  const auto viewer = env.As(model::Role::kViewer);
  const std::string timeout =
      R"({"type":"MeshTimeout","mesh":"default","name":"t",)" + TimeoutSpec() + "}";
  const std::string secret = R"({"type":"Secret","mesh":"default","name":"s","data":"aGVsbG8="})";
  const auto refused = env.PutBodyAs(viewer, "MeshTimeout", {"default", "t"}, timeout);
  CHECK(absl::IsPermissionDenied(refused.status()));
  CHECK(base::TitleOf(refused.status()) == "Access Denied");
  CHECK(refused.status().message() ==
        "user \"" + viewer.who().name +
            R"(/mesh-system:authenticated" cannot access the resource of type "MeshTimeout")");
  // Access is looked at after the body.
  CHECK(absl::IsInvalidArgument(
      env.PutBodyAs(viewer, "MeshTimeout", {"default", "t"}, "{").status()));
  CHECK(absl::IsPermissionDenied(env.DeleteAs(viewer, "Mesh", "", "default")));

  const auto kuma_user = env.AsKumaUser();
  CHECK(env.PutBodyAs(kuma_user, "MeshTimeout", {"default", "t"}, timeout).ok());
  CHECK(absl::IsPermissionDenied(
      env.PutBodyAs(kuma_user, "Secret", {"default", "s"}, secret).status()));
  CHECK(absl::IsPermissionDenied(
      env.manager.Get(kuma_user, Type("Secret"), {"default", "s"}).status()));

  const auto admin = env.As(model::Role::kAdmin);
  CHECK(env.PutBodyAs(admin, "Secret", {"default", "s"}, secret).ok());
  CHECK(env.manager.Get(admin, Type("Secret"), {"default", "s"}).ok());
  const auto connector = env.AsZone();
  CHECK(absl::IsPermissionDenied(
      env.manager.Get(connector, Type("MeshTimeout"), {"default", "t"}).status()));
}

TEST_CASE("a secret reads back as it was written", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.Put("Secret", "default", "s", R"("data":"aGVsbG8=")").ok());
  CHECK(env.SecretText("Secret", "default", "s") == "hello");
  REQUIRE(env.Put("GlobalSecret", "", "g", R"("data":"aGVsbG8=")").ok());
  CHECK(env.SecretText("GlobalSecret", "", "g") == "hello");
}

TEST_CASE("a resource that is not there is not found in Kuma's words", "[manager]") {
  ManagerEnv env;
  const auto missing = env.Get("MeshTimeout", "default", "nope");
  CHECK(absl::IsNotFound(missing.status()));
  CHECK(base::TitleOf(missing.status()) == "Could not retrieve a resource");
  CHECK(base::TitleOf(env.Get("MeshTimeout", "nope", "t").status()) == "Failed to retrieve Mesh");
  CHECK(base::TitleOf(env.Get("Mesh", "", "nope").status()) == "Could not retrieve a resource");
}

TEST_CASE("an external service and a rate limit that do not go together are refused", "[manager]") {
  ManagerEnv env;
  const std::string external =
      R"("networking":{"address":"a.example:80"},"tags":{"kuma.io/service":"ext"})";
  const std::string limit = R"("sources":[{"match":{"kuma.io/service":"*"}}],)"
                            R"("destinations":[{"match":{"kuma.io/service":"ext","version":"1"}}],)"
                            R"("conf":{"http":{"requests":5,"interval":"10s"}})";
  REQUIRE(env.Put("ExternalService", "default", "e", external).ok());
  const auto refused = env.Put("RateLimit", "default", "l", limit);
  CHECK(Reasons(refused.status()) ==
        Lines{"ratelimit: RateLimit applied to external service only supports kuma.io/service as "
              "destination match"});
  REQUIRE(env.Delete("ExternalService", "default", "e").ok());
  REQUIRE(env.Put("RateLimit", "default", "l", limit).ok());
  const auto other_way = env.Put("ExternalService", "default", "e", external);
  CHECK(base::TitleOf(other_way.status()) == "Failed to create a resource");
  CHECK(Reasons(other_way.status()) ==
        Lines{"externalservice: ExternalService would match RateLimit 'l' which includes "
              "incompatible destination matches"});
}

TEST_CASE("of two who create the same resource at once one updates", "[manager]") {
  ManagerEnv env;
  std::vector<std::thread> writers;
  std::vector<int> created(4, -1);
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&env, &created, i] {
      const auto put = env.Put("MeshTimeout", "default", "t", TimeoutSpec());
      if (!put.ok()) return;
      created[static_cast<size_t>(i)] = put->outcome == PutResult::Outcome::kCreated ? 1 : 0;
    });
  }
  for (std::thread& writer : writers) writer.join();
  std::sort(created.begin(), created.end());
  CHECK(created == std::vector<int>{0, 0, 0, 1});
}

TEST_CASE("no tenant sees, changes or deletes another's resource", "[manager]") {
  ManagerEnv env;
  const auto other = env.NewControlPlane(3);
  REQUIRE(env.Put("MeshTimeout", "default", "t", TimeoutSpec()).ok());
  CHECK(absl::IsNotFound(env.manager.Get(other, Type("MeshTimeout"), {"default", "t"}).status()));
  CHECK(absl::IsNotFound(env.DeleteAs(other, "MeshTimeout", "default", "t")));
  CHECK(env.Get("MeshTimeout", "default", "t").ok());
}

}  // namespace
}  // namespace skyden::resources::testing
