// SPDX-License-Identifier: Apache-2.0
#include <yaml-cpp/yaml.h>

#include <catch2/catch.hpp>
#include <string>

#include "skyden/base/status.h"
#include "tests/control_planes/fixture.h"

namespace skyden::control_planes {
namespace {

using model::Role;

TEST_CASE("a provisioned zone is there with a token that is good for it alone") {
  Fixture env;
  const auto mine = env.store.NewControlPlane(env.organization, "mine");
  const auto other = env.store.NewControlPlane(env.organization, "other");
  const auto zone = env.Provision(env.Inside(Role::kAdmin, mine.id), "zone-1");
  REQUIRE(zone.ok());
  CHECK(zone->zone.str() == "zone-1");
  CHECK(env.Has(mine, "Zone", "zone-1"));
  const auto identity = env.authenticator.AuthenticateZone(zone->token, mine.id, "zone-1");
  REQUIRE(identity.ok());
  CHECK(identity->scope.tenant() == mine.tenant);
  CHECK_FALSE(env.authenticator.AuthenticateZone(zone->token, mine.id, "zone-2").ok());
  CHECK_FALSE(env.authenticator.AuthenticateZone(zone->token, other.id, "zone-1").ok());
}

TEST_CASE("a zone is provisioned once") {
  Fixture env;
  const auto mine = env.store.NewControlPlane(env.organization, "mine");
  const auto other = env.store.NewControlPlane(env.organization, "other");
  const auto admin = env.Inside(Role::kAdmin, mine.id);
  const auto first = env.Provision(admin, "zone-1");
  REQUIRE(first.ok());
  CHECK(env.Provision(admin, "zone-1").status().code() == absl::StatusCode::kAlreadyExists);
  CHECK(env.authenticator.AuthenticateZone(first->token, mine.id, "zone-1").ok());
  CHECK(env.Provision(env.Inside(Role::kAdmin, other.id), "zone-1").ok());
}

TEST_CASE("a zone's name is checked before anything is written") {
  Fixture env;
  const auto mine = env.store.NewControlPlane(env.organization, "mine");
  const auto admin = env.Inside(Role::kAdmin, mine.id);
  for (const std::string& name : {std::string(), std::string("Zone"), std::string("-zone"),
                                  std::string("zone."), std::string(64, 'z')}) {
    const auto refused = env.Provision(admin, name);
    CHECK(refused.status().code() == absl::StatusCode::kInvalidArgument);
    REQUIRE(base::ViolationsOf(refused.status()).size() == 1);
    CHECK(base::ViolationsOf(refused.status()).front().field == "name");
  }
  CHECK(env.Provision(admin, std::string(63, 'z')).ok());
}

const model::ControlPlaneId kControlPlane("0f8b3c52-7b1e-4a55-9d0e-3f1f6f0c9a11");
const ZoneService::Provisioned kZone{model::ZoneName("zone-1"), "sksat_abc_def"};

std::string Setup(ZoneSetupFormat format, const std::string& address) {
  return ZoneSetupText(format, kControlPlane, kZone, address);
}

TEST_CASE("the universal text is a zone's configuration with the credential in its address") {
  const std::string text = Setup(ZoneSetupFormat::kUniversal, "grpcs://skyden.example:5685");
  const YAML::Node yaml = YAML::Load(text);
  const std::string address =
      "grpcs://0f8b3c52-7b1e-4a55-9d0e-3f1f6f0c9a11:sksat_abc_def@skyden.example:5685";
  CHECK(yaml["mode"].as<std::string>() == "zone");
  CHECK(yaml["environment"].as<std::string>() == "universal");
  CHECK(yaml["multizone"]["zone"]["name"].as<std::string>() == "zone-1");
  CHECK(yaml["multizone"]["zone"]["globalAddress"].as<std::string>() == address);
  CHECK(text.find("KUMA_MULTIZONE_ZONE_GLOBAL_ADDRESS=" + address + "\n") != std::string::npos);
  CHECK(text.find("KUMA_MULTIZONE_ZONE_KDS_ROOT_CA_FILE") != std::string::npos);
  const std::string plain = Setup(ZoneSetupFormat::kUniversal, "grpc://127.0.0.1:5685");
  CHECK(plain.find("ROOT_CA") == std::string::npos);
  CHECK(plain.find("grpc://0f8b3c52") != std::string::npos);
}

TEST_CASE("the helm text takes the token from the secret that the kubectl text makes") {
  const std::string helm = Setup(ZoneSetupFormat::kHelm, "grpcs://skyden.example:5685");
  const std::string kubectl = Setup(ZoneSetupFormat::kKubectl, "grpcs://skyden.example:5685");
  CHECK(helm.find(kZone.token) == std::string::npos);
  const YAML::Node values = YAML::Load(helm)["controlPlane"];
  const YAML::Node secret = YAML::Load(kubectl);
  CHECK(values["mode"].as<std::string>() == "zone");
  CHECK(values["zone"].as<std::string>() == "zone-1");
  CHECK(values["kdsGlobalAddress"].as<std::string>() ==
        "grpcs://0f8b3c52-7b1e-4a55-9d0e-3f1f6f0c9a11:$(SKYDEN_ZONE_TOKEN)@skyden.example:5685");
  const YAML::Node variable = values["envVarEntries"][0];
  CHECK(variable["name"].as<std::string>() == "SKYDEN_ZONE_TOKEN");
  const YAML::Node reference = variable["valueFrom"]["secretKeyRef"];
  CHECK(reference["name"].as<std::string>() == secret["metadata"]["name"].as<std::string>());
  CHECK(secret["stringData"][reference["key"].as<std::string>()].as<std::string>() == kZone.token);
  CHECK(secret["metadata"]["namespace"].as<std::string>() == "kuma-system");
}

}  // namespace
}  // namespace skyden::control_planes
