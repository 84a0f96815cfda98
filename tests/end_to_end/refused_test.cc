// SPDX-License-Identifier: Apache-2.0
// What a zone refuses, from its words to its owner's screen.
#include <catch2/catch.hpp>

#include "tests/end_to_end/daemon.h"
#include "tests/kds/fake_zone.h"

namespace skyden::end_to_end {

using kds::testing::FakeZone;

TEST_CASE("what a zone of Kuma 3 refuses is warned of, listed and watched", "[end_to_end]") {
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const Ran provisioned = daemon.Cli({"zone", "provision", "demo", "zone-3", "-o", "json"});
  REQUIRE(provisioned.exit_code == 0);
  FakeZone::Options options;
  options.name = "zone-3";
  options.version = "3.0.1";
  options.user_info = id + ":" + Json::parse(provisioned.output)["token"].get<std::string>();
  FakeZone zone(daemon.address("kds"), options);
  auto down = zone.Sync({"MeshTimeout"});
  const auto first = kds::testing::Read(down->Read().value());
  REQUIRE(down->Write(zone.Ack("MeshTimeout", first.nonce)));

  Process watch({SKYDEN_BINARY, "watch", "demo", "-o", "json"}, daemon.dir() + "/watch",
                {{"SKYDEN_ADDRESS", daemon.base()}, {"SKYDEN_TOKEN", daemon.token()}});
  Json timeout = Timeout("t", 7);
  timeout["spec"]["targetRef"] = {{"kind", "MeshSubset"}, {"tags", {{"a", "b"}}}};
  const Answer put =
      daemon.Call("PUT", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/t", timeout);
  REQUIRE(put.status == 201);
  CHECK(put.body["warnings"].dump().find("zone zone-3 (Kuma 3.0.1) refuses this MeshTimeout") !=
        std::string::npos);

  const auto sent = kds::testing::Read(down->Read().value());
  REQUIRE(sent.resources.size() == 1);
  REQUIRE(down->Write(zone.Ack("MeshTimeout", sent.nonce,
                               "spec.targetRef.kind: value 'MeshSubset' is not supported")));
  REQUIRE(watch.Prints(R"("operation":"reject")"));
  const Ran table = daemon.Cli({"zone", "rejected", "demo"});
  CHECK(table.exit_code == 0);
  for (const char* text :
       {"zone-3", "3.0.1", "MeshTimeout", "value 'MeshSubset' is not supported"}) {
    CHECK(table.output.find(text) != std::string::npos);
  }
  const Ran list = daemon.Cli({"zone", "rejected", "demo", "-o", "json"});
  REQUIRE(list.exit_code == 0);
  const Json rejected = Json::parse(list.output);
  REQUIRE(rejected.size() == 1);
  CHECK(rejected[0]["kind"] == "resource");
  CHECK(rejected[0]["name"] == "t");
  CHECK(daemon.Cli({"zone", "list", "demo"}).output.find("REFUSES") != std::string::npos);

  REQUIRE(daemon.Call("DELETE", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/t").status ==
          200);
  const auto gone = kds::testing::Read(down->Read().value());
  REQUIRE(down->Write(zone.Ack("MeshTimeout", gone.nonce)));
  CHECK(watch.Prints(R"("operation":"clear")"));
  CHECK(Json::parse(daemon.Cli({"zone", "rejected", "demo", "-o", "json"}).output).empty());
}

}  // namespace skyden::end_to_end
