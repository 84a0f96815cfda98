// SPDX-License-Identifier: Apache-2.0
// `skyden wait` and what it asks, against a real daemon with zones that are played.
#include <catch2/catch.hpp>
#include <csignal>

#include "absl/time/clock.h"
#include "tests/end_to_end/daemon.h"
#include "tests/kds/fake_zone.h"

namespace skyden::end_to_end {
namespace {

using kds::testing::FakeZone;

// A zone that takes what it is told to, on the test's thread.
struct Zone {
  Zone(const TestDaemon& daemon, const std::string& id, const std::string& name) {
    FakeZone::Options options;
    options.name = name;
    options.user_info = id + ":" + daemon.Provision(id, name);
    zone = std::make_unique<FakeZone>(daemon.address("kds"), options);
    Connect();
  }
  void Connect() {
    stream = zone->Sync({"Mesh", "MeshTimeout"});
    TakeNext();
    TakeNext();
  }
  std::string Next() {
    const auto bytes = stream->Read();
    REQUIRE(bytes);
    return *bytes;
  }
  void Answer(const std::string& bytes, const std::string& error = "") {
    const auto received = kds::testing::Read(bytes);
    REQUIRE(stream->Write(zone->Ack(received.type, received.nonce, error)));
  }
  void TakeNext() { Answer(Next()); }

  std::unique_ptr<FakeZone> zone;
  std::unique_ptr<kds::testing::FakeStream> stream;
};

int PutTimeout(const TestDaemon& daemon, const std::string& id, const std::string& name,
               int seconds = 7) {
  return daemon
      .Call("PUT", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/" + name,
            Timeout(name, seconds))
      .status;
}

std::unique_ptr<Process> Wait(const TestDaemon& daemon, std::vector<std::string> arguments,
                              const std::string& name) {
  arguments.insert(arguments.begin(), {SKYDEN_BINARY, "wait"});
  return std::make_unique<Process>(
      arguments, daemon.dir() + "/" + name,
      std::map<std::string, std::string>{{"SKYDEN_ADDRESS", daemon.base()},
                                         {"SKYDEN_TOKEN", daemon.token()}});
}

bool Waits(const TestDaemon& daemon, const std::string& id) {
  // Nobody is told that somebody waits; what is asked can be seen in the number of requests.
  return daemon.Call("GET", "/v1/mesh/control-planes/" + id + "/ops/propagation").body["outcome"] ==
         "waiting";
}

}  // namespace

TEST_CASE("wait ends when the last zone has taken what was written, and not before",
          "[end_to_end]") {
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  CHECK(daemon.Cli({"wait", "demo"}).exit_code == 0);  // nobody is there
  Zone one(daemon, id, "one");
  Zone two(daemon, id, "two");
  REQUIRE(PutTimeout(daemon, id, "t") == 201);
  const auto now = Wait(daemon, {"demo", "--timeout", "60s"}, "now");
  const std::string first = one.Next();
  const std::string second = two.Next();
  CHECK(Waits(daemon, id));
  const Ran early = daemon.Cli({"wait", "demo", "--timeout", "0s"});
  CHECK(early.exit_code == 4);
  CHECK(early.output.find("MeshTimeout sent") != std::string::npos);
  CHECK(early.errors.find("2 of 2 zones have not taken it") != std::string::npos);
  one.Answer(first);
  CHECK(daemon.Cli({"wait", "demo", "--zones", "one"}).exit_code == 0);
  CHECK(Waits(daemon, id));
  two.Answer(second);
  CHECK(now->Wait() == 0);
  CHECK(now->output().find("2 of 2 zones") != std::string::npos);

  const Ran json = daemon.Cli({"wait", id, "-o", "json"});
  CHECK(json.exit_code == 0);
  const Json told = Json::parse(json.output);
  CHECK(told["outcome"] == "arrived");
  CHECK(told["counts"]["arrived"] == 2);
}

TEST_CASE("a zone that goes while somebody waits is waited for", "[end_to_end]") {
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  Zone one(daemon, id, "one");
  REQUIRE(PutTimeout(daemon, id, "t") == 201);
  one.Next();
  const std::string path = "/v1/mesh/control-planes/" + id + "/ops/propagation";
  const Json asked = daemon.Call("GET", path).body;
  REQUIRE(asked["outcome"] == "waiting");
  one.stream->Cancel();
  one.stream = nullptr;
  const std::string again = path + "?revision=" + asked["revision"].get<std::string>() +
                            "&seen_since=" + asked["asked_at"].get<std::string>();
  Json later = Json::object();
  for (int i = 0; i < 100 && later.value("counts", Json::object()).value("offline", 0) == 0; ++i) {
    later = daemon.Call("GET", again + "&wait=1s").body;
  }
  CHECK(later["outcome"] == "waiting");
  CHECK(later["zones"][0]["standing"] == "offline");
  // Who asks only now is not told to wait for it, unless he says so.
  CHECK(daemon.Cli({"wait", "demo"}).exit_code == 0);
  CHECK(daemon.Cli({"wait", "demo", "--zones", "all", "--timeout", "1s"}).exit_code == 4);
  const auto all = Wait(daemon, {"demo", "--zones", "all"}, "all");
  one.Connect();
  CHECK(all->Wait() == 0);
  CHECK(daemon.Call("GET", again).body["outcome"] == "arrived");
}

TEST_CASE("a zone that refuses is told apart", "[end_to_end]") {
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  Zone one(daemon, id, "one");
  REQUIRE(PutTimeout(daemon, id, "t") == 201);
  one.Answer(one.Next(), "spec.to[0]: not to my taste");
  const Ran refused = daemon.Cli({"wait", "demo", "--timeout", "60s"});
  CHECK(refused.exit_code == 5);
  CHECK(refused.output.find("not to my taste") != std::string::npos);
  CHECK(refused.errors.find("zone rejected demo") != std::string::npos);
  CHECK(daemon.Cli({"wait", "demo", "--accept-refused"}).exit_code == 0);
  const Json zone = daemon.Call("GET", "/v1/mesh/control-planes/" + id + "/ops/zones/one").body;
  CHECK(zone["standing"] == "refused");
  CHECK(zone["refused"][0]["name"] == "t");
  CHECK(zone["connects"].size() == 1);
  // Gone is taken as well.
  REQUIRE(daemon.Call("DELETE", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/t").status ==
          200);
  one.TakeNext();
  CHECK(daemon.Cli({"wait", "demo", "--timeout", "60s"}).exit_code == 0);
}

TEST_CASE("mistakes of wait say what to do", "[end_to_end]") {
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  CHECK(daemon.Cli({"wait", "demo", "--timeout", "soon"}).exit_code == 2);
  const Ran ahead = daemon.Cli({"wait", "demo", "--revision", "100000"});
  CHECK(ahead.exit_code == 1);
  CHECK(ahead.errors.find("there is no revision 100000 yet") != std::string::npos);
  const Ran nobody = daemon.Cli({"wait", "demo", "--zones", "nobody"});
  CHECK(nobody.exit_code == 1);
  CHECK(nobody.errors.find("there is no zone called \"nobody\"") != std::string::npos);
  const Ran other = daemon.Cli({"wait", "demo", "--revision", "0123456789abcdef.3"});
  CHECK(other.exit_code == 1);
  CHECK(other.errors.find("another life") != std::string::npos);
  CHECK(daemon.Cli({"wait", "nothing"}).exit_code == 1);
}

}  // namespace skyden::end_to_end
