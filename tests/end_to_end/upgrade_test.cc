// SPDX-License-Identifier: Apache-2.0
// `skyden cp upgrade` against a real daemon, with a zone that is connected meanwhile.
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tests/end_to_end/daemon.h"
#include "tests/kds/fake_zone.h"

namespace skyden::end_to_end {
namespace {

using Catch::Matchers::Contains;
using kds::testing::FakeStream;
using kds::testing::FakeZone;

// A zone that asks for timeouts alone.
class Zone {
 public:
  Zone(const TestDaemon& daemon, const std::string& id, const std::string& token) {
    FakeZone::Options options;
    options.name = "east";
    options.user_info = id + ":" + token;
    zone_ = std::make_unique<FakeZone>(daemon.address("kds"), options);
    stream_ = zone_->Sync({"MeshTimeout"});
    const auto bytes = stream_->Read();
    REQUIRE(bytes);
    const auto received = kds::testing::Read(*bytes);
    for (const auto& [name, spec] : received.resources) text_ += name + " " + spec + "\n";
    REQUIRE(stream_->Write(zone_->Ack(received.type, received.nonce)));
  }
  const std::string& text() const { return text_; }
  grpc::Status End() {
    // What changed may still come before the end.
    while (const auto bytes = stream_->Read()) {
      const auto received = kds::testing::Read(*bytes);
      if (!stream_->Write(zone_->Ack(received.type, received.nonce))) break;
    }
    return stream_->End();
  }

 private:
  std::unique_ptr<FakeZone> zone_;
  std::unique_ptr<FakeStream> stream_;
  std::string text_;
};

std::string VersionOf(const TestDaemon& daemon) {
  const Ran ran = daemon.Cli({"cp", "get", "demo", "-o", "json"});
  REQUIRE(ran.exit_code == 0);
  return Json::parse(ran.output).at("version");
}

}  // namespace

TEST_CASE("a control plane and its zone go to Kuma 3 and back", "[end_to_end][upgrade]") {
  const TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const std::string token = daemon.Provision(id, "east");
  const auto exported = [&] {
    const Ran ran = daemon.Cli({"export", "--control-plane", "demo"});
    REQUIRE(ran.exit_code == 0);
    return ran.output;
  };
  const std::string before = exported();

  auto zone = std::make_unique<Zone>(daemon, id, token);
  CHECK_THAT(zone->text(), Contains("proxyTypes"));
  const Ran tried = daemon.Cli({"cp", "upgrade", "demo", "--to", "v3", "--dry-run"});
  INFO(tried.errors);
  CHECK(tried.exit_code == 0);
  CHECK_THAT(tried.output,
             Contains("Nothing was changed. Would be: 1 created, 1 updated, 1 deleted"));
  CHECK_THAT(tried.output, !Contains("at revision"));
  CHECK(VersionOf(daemon) == "v2");

  const Ran done = daemon.Cli({"cp", "upgrade", "demo", "--to", "v3"});
  INFO(done.errors);
  REQUIRE(done.exit_code == 0);
  CHECK_THAT(done.output, Contains("+ MeshTimeout default/mesh-timeout-to-all-default"));
  CHECK_THAT(done.output, Contains("- MeshTimeout default/mesh-gateways-timeout-all-default"));
  CHECK_THAT(done.output, Contains("The control plane is one of v3 now"));
  CHECK(VersionOf(daemon) == "v3");
  CHECK_THAT(daemon.Cli({"cp", "list"}).output, Contains(" v3 "));

  // The zone is told to come again, and finds another control plane.
  const grpc::Status ended = zone->End();
  CHECK(ended.error_code() == grpc::StatusCode::UNAVAILABLE);
  CHECK_THAT(ended.error_message(), Contains("another version"));
  zone = std::make_unique<Zone>(daemon, id, token);
  CHECK_THAT(zone->text(), !Contains("proxyTypes"));
  CHECK_THAT(zone->text(), Contains("mesh-timeout-to-all-default"));

  const Ran twice = daemon.Cli({"cp", "upgrade", "demo", "--to", "v3"});
  CHECK(twice.exit_code == 1);
  CHECK_THAT(twice.errors, Contains("is one of Kuma 3 already"));

  REQUIRE(daemon
              .Call("PUT", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/later",
                    Timeout("later", 7))
              .status == 201);
  const Ran kept = daemon.Cli({"cp", "upgrade", "demo", "--back"});
  CHECK(kept.exit_code == 1);
  CHECK_THAT(kept.errors, Contains("MeshTimeout default/later: created since the upgrade"));
  CHECK_THAT(kept.errors, Contains("--discard-later"));
  CHECK(VersionOf(daemon) == "v3");

  const Ran back = daemon.Cli({"cp", "upgrade", "demo", "--back", "--discard-later", "-o", "json"});
  INFO(back.errors);
  REQUIRE(back.exit_code == 0);
  CHECK(Json::parse(back.output).at("to") == "v2");
  CHECK(Json::parse(back.output).at("deleted") == 2);
  CHECK(VersionOf(daemon) == "v2");
  CHECK(exported() == before);
  CHECK(zone->End().error_code() == grpc::StatusCode::UNAVAILABLE);
  CHECK_THAT(Zone(daemon, id, token).text(), Contains("proxyTypes"));
}

TEST_CASE("an upgrade that something is in the way of says what", "[end_to_end][upgrade]") {
  const TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  REQUIRE(
      daemon
          .Call("PUT", TestDaemon::ApiOf(id) + "/meshes/default/meshtrafficpermissions/allow",
                {{"type", "MeshTrafficPermission"},
                 {"mesh", "default"},
                 {"name", "allow"},
                 {"spec",
                  {{"from",
                    {{{"targetRef", {{"kind", "Mesh"}}}, {"default", {{"action", "Allow"}}}}}}}}})
          .status == 201);
  const Ran refused = daemon.Cli({"cp", "upgrade", "demo", "--to", "v3"});
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.errors, Contains("MeshTrafficPermission default/allow: spec.from"));
  CHECK(VersionOf(daemon) == "v2");

  struct Mistake {
    std::vector<std::string> command;
    std::string says;
  };
  for (const Mistake& mistake : std::vector<Mistake>{
           {{"cp", "upgrade", "demo"}, "--to v3, or --back"},
           {{"cp", "upgrade", "demo", "--to", "v2"}, "--to"},
           {{"cp", "upgrade", "demo", "--to", "v3", "--back"}, "--back"},
           {{"cp", "upgrade", "demo", "--to", "v3", "--discard-later"}, "--back"}}) {
    const Ran ran = daemon.Cli(mistake.command);
    INFO(ran.errors);
    CHECK(ran.exit_code == 2);
    CHECK_THAT(ran.errors, Contains(mistake.says));
  }
  CHECK_THAT(daemon.Cli({"cp", "upgrade", "--help"}).output, Contains("Examples:"));
  CHECK_THAT(daemon.Cli({"completion", "bash"}).output, Contains("'cp upgrade'"));
}

}  // namespace skyden::end_to_end
