// SPDX-License-Identifier: Apache-2.0
// The admin API as people drive it by hand. Skipped, loudly, on machines without grpcurl.
#include <catch2/catch.hpp>

#include "tests/end_to_end/daemon.h"
#include "tests/skip.h"

namespace skyden::end_to_end {
namespace {

// grpcurl from the build tree, else from the PATH; "" when there is none.
std::string Grpcurl() {
  for (const std::string candidate : {SKYDEN_TOOLS_DIR "/grpcurl", "grpcurl"}) {
    if (Run({candidate, "--version"}).exit_code == 0) return candidate;
  }
  return "";
}

TEST_CASE("grpcurl lists, creates, provisions and deletes through the admin port",
          "[end_to_end][grpcurl]") {
  const std::string grpcurl = Grpcurl();
  if (grpcurl.empty()) {
    Skip("there is no grpcurl; tests/install_dependencies.sh says why it was not built");
    return;
  }
  const TestDaemon daemon;
  const auto call = [&](const std::string& method, const Json& body, bool with_token = true) {
    std::vector<std::string> arguments = {grpcurl, "-plaintext"};
    if (with_token) {
      arguments.insert(arguments.end(), {"-H", "authorization: Bearer " + daemon.token()});
    }
    if (!body.is_null()) arguments.insert(arguments.end(), {"-d", body.dump()});
    arguments.push_back(daemon.address("admin"));
    arguments.push_back(method);
    return Run(arguments);
  };
  const Ran services = call("list", nullptr);
  INFO(services.output << services.errors);
  REQUIRE(services.exit_code == 0);
  CHECK(services.output.find("skyden.admin.v1.ControlPlanes") != std::string::npos);
  CHECK(services.output.find("skyden.admin.v1.Zones") != std::string::npos);
  CHECK(services.output.find("grpc.health.v1.Health") != std::string::npos);
  CHECK(call("grpc.health.v1.Health/Check", nullptr).output.find("SERVING") != std::string::npos);

  // Only here: zones' port tells nobody what it serves.
  CHECK(Run({grpcurl, "-plaintext", daemon.address("kds"), "list"}).exit_code != 0);

  const Ran anonymous = call("skyden.admin.v1.ControlPlanes/List", Json::object(), false);
  CHECK(anonymous.exit_code != 0);
  CHECK(anonymous.errors.find("Unauthenticated") != std::string::npos);

  const Ran made = call("skyden.admin.v1.ControlPlanes/Create", {{"name", "by-grpc"}});
  INFO(made.output << made.errors);
  REQUIRE(made.exit_code == 0);
  // The same service stands behind both edges.
  const Json listed = daemon.Call("GET", "/v1/mesh/control-planes").body.at("data");
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].at("name") == "by-grpc");
  const std::string id = listed[0].at("id");
  CHECK(made.output.find(id) != std::string::npos);
  CHECK(call("skyden.admin.v1.ControlPlanes/List", Json::object()).output.find(id) !=
        std::string::npos);

  const Ran provisioned =
      call("skyden.admin.v1.Zones/Provision", {{"control_plane_id", id}, {"name", "zone-1"}});
  INFO(provisioned.output << provisioned.errors);
  REQUIRE(provisioned.exit_code == 0);
  const std::string token = Json::parse(provisioned.output).at("token");
  const auto zone = daemon.Simulate("zone-1", daemon.GlobalAddress(id, token), {"--until-synced"});
  CHECK(zone->Wait() == 0);
}

}  // namespace
}  // namespace skyden::end_to_end
