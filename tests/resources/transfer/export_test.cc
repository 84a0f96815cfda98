// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>

#include "skyden/resources/transfer.h"
#include "tests/resources/manager/manager_env.h"

namespace skyden::resources::testing {
namespace {

constexpr char kBuiltinMesh[] =
    R"("mtls":{"enabledBackend":"ca-1","backends":[{"name":"ca-1","type":"builtin"}]})";

std::string ExportOf(ManagerEnv& env, ExportRequest request = {}) {
  const auto text = env.manager.Export(env.scope, request);
  REQUIRE(text.ok());
  return *text;
}

size_t CountOf(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST_CASE("an export is complete, in the order in which it can be applied",
          "[resources][transfer]") {
  ManagerEnv env;
  for (int i = 0; i < 150; ++i) {
    REQUIRE(env.Put("MeshTimeout", "default", "t-" + std::to_string(i), TimeoutSpec()).ok());
  }
  const std::string text = ExportOf(env);
  CHECK(CountOf(text, "name: t-") == 150);
  const size_t mesh = text.find("type: Mesh\n");
  const size_t secret = text.find("type: Secret\n");
  const size_t policy = text.find("type: MeshTimeout\n");
  const size_t user_key = text.find("name: user-token-signing-key-1\n");
  CHECK(mesh < secret);
  CHECK(secret < policy);
  CHECK(policy < user_key);
  CHECK(user_key != std::string::npos);
  CHECK(text.find("inter-cp-ca") == std::string::npos);
  CHECK(text.find("Insight") == std::string::npos);
}

TEST_CASE("builtin authorities become provided ones with their secrets", "[resources][transfer]") {
  ManagerEnv env;
  REQUIRE(env.Put("Mesh", "", "pay", kBuiltinMesh).ok());
  const std::string text = ExportOf(env);
  CHECK(text.find("        secret: pay.ca-builtin-cert-ca-1\n") != std::string::npos);
  CHECK(text.find("    type: provided\n") != std::string::npos);
  CHECK(text.find("  skipValidation: true\n") != std::string::npos);
  CHECK(text.find("name: pay.ca-builtin-key-ca-1\n") != std::string::npos);
}

TEST_CASE("a federation has no policies, or only those that were written here",
          "[resources][transfer]") {
  ManagerEnv env;
  env.PutFromZone("MeshTimeout", "default", "from-zone", "east");
  const std::string bare = ExportOf(env, {.profile = ExportProfile::kFederation});
  CHECK(bare.find("type: MeshTimeout") == std::string::npos);
  const std::string full = ExportOf(env, {.profile = ExportProfile::kFederationWithPolicies});
  CHECK(full.find("type: MeshTimeout") != std::string::npos);
  CHECK(full.find("\n  kuma.io/origin:") == std::string::npos);
}

TEST_CASE("secrets are for administrators, and can be left out", "[resources][transfer]") {
  ManagerEnv env;
  const auto viewer = env.As(model::Role::kViewer);
  CHECK(absl::IsPermissionDenied(env.manager.Export(viewer, {}).status()));
  const auto text = env.manager.Export(viewer, {.secrets = ExportRequest::Secrets::kLeaveOut});
  REQUIRE(text.ok());
  CHECK(text->find("Secret") == std::string::npos);
  CHECK(text->find("type: Mesh\n") != std::string::npos);
}

}  // namespace
}  // namespace skyden::resources::testing
