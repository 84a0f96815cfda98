// SPDX-License-Identifier: Apache-2.0
// `skyden rollout` against a real daemon, which is killed in the middle, with zones that are
// played.
#include <catch2/catch.hpp>
#include <fstream>
#include <map>

#include "tests/end_to_end/daemon.h"
#include "tests/kds/fake_zone.h"

namespace skyden::end_to_end {
namespace {

using kds::testing::FakeZone;

// A zone that takes what it is told to, on the test's thread.
class Zone {
 public:
  Zone(const TestDaemon& daemon, const std::string& id, const std::string& name,
       const std::string& token) {
    FakeZone::Options options;
    options.name = name;
    options.user_info = id + ":" + token;
    zone_ = std::make_unique<FakeZone>(daemon.address("kds"), options);
    stream_ = zone_->Sync({"Mesh", "MeshTimeout"});
    TakeNext();
    TakeNext();
  }
  void TakeNext(const std::string& error = "") {
    const auto bytes = stream_->Read();
    REQUIRE(bytes);
    const auto received = kds::testing::Read(*bytes);
    REQUIRE(stream_->Write(zone_->Ack(received.type, received.nonce, error)));
    if (!error.empty() || received.type != "MeshTimeout") return;
    for (const auto& [name, spec] : received.resources) has_[name] = spec;
    for (const std::string& name : received.removed) has_.erase(name);
  }
  bool Has(const std::string& text) const {
    for (const auto& [name, spec] : has_) {
      if (spec.find(text) != std::string::npos) return true;
    }
    return false;
  }

 private:
  std::unique_ptr<FakeZone> zone_;
  std::unique_ptr<kds::testing::FakeStream> stream_;
  std::map<std::string, std::string> has_;
};

struct Demo {
  Demo() : id(daemon.CreateControlPlane("demo")) {
    for (const char* name : {"one", "two"}) tokens[name] = daemon.Provision(id, name);
    REQUIRE(daemon.Call("PUT", path, Timeout("t", 7)).status == 201);
    file = daemon.dir() + "/timeout.json";
    std::ofstream(file) << Timeout("t", 8).dump();
  }
  Zone Connect(const std::string& name) { return {daemon, id, name, tokens.at(name)}; }
  Ran Rollout(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "rollout");
    return daemon.Cli(std::move(arguments));
  }
  // As JSON, once its member is so; fails the test when it does not come to that.
  Json Until(const std::string& member, const Json& value) {
    Json told;
    for (int i = 0; i < 400; ++i) {
      const Ran ran = Rollout({"list", "demo", "-o", "json"});
      REQUIRE(ran.exit_code == 0);
      told = Json::parse(ran.output)["data"][0];
      if (told.value(member, Json()) == value) return told;
    }
    INFO(told.dump());
    REQUIRE(told.value(member, Json()) == value);
    return told;
  }

  TestDaemon daemon;
  const std::string id;
  const std::string path = TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/t";
  std::map<std::string, std::string> tokens;
  std::string file;
};

}  // namespace

TEST_CASE("a rollout goes on where it was when the daemon is killed", "[end_to_end]") {
  Demo demo;
  {
    Zone one = demo.Connect("one");
    Zone two = demo.Connect("two");
    CHECK(one.Has("7s"));
    const Ran begun = demo.Rollout(
        {"start", "demo", "-f", demo.file, "--wave", "one", "--wave", "100%", "--hold", "1h"});
    INFO(begun.errors);
    REQUIRE(begun.exit_code == 0);
    CHECK(begun.output.find("~ MeshTimeout t") != std::string::npos);
    one.TakeNext();
    CHECK(one.Has("8s"));
    demo.Until("wave", 1);
  }
  demo.daemon.Kill();
  demo.daemon.Start();
  {
    Zone two = demo.Connect("two");
    Zone one = demo.Connect("one");
    CHECK(one.Has("8s"));
    CHECK(two.Has("7s"));
    const Json told = demo.Until("state", "running");
    CHECK(told["wave"] == 1);
    const Answer read = demo.daemon.Call("GET", demo.path);
    CHECK(read.body.dump().find("7s") != std::string::npos);

    const Ran status = demo.Rollout({"status", "demo"});
    CHECK(status.exit_code == 0);
    CHECK(status.output.find("running, wave 1/2") != std::string::npos);
    const Ran finished = demo.Rollout({"finish", "demo"});
    INFO(finished.errors);
    REQUIRE(finished.exit_code == 0);
    two.TakeNext();
    CHECK(two.Has("8s"));
  }
  CHECK(demo.daemon.Call("GET", demo.path).body.dump().find("8s") != std::string::npos);
  CHECK(demo.Until("state", "finished")["wave"] == 1);
  CHECK(demo.Rollout({"finish", "demo"}).exit_code == 1);
  const std::string audit =
      demo.daemon.Call("GET", "/v1/mesh/control-planes/" + demo.id + "/ops/audit").body.dump();
  for (const char* action : {"rollout.start", "rollout.release", "rollout.finish"}) {
    CHECK(audit.find(action) != std::string::npos);
  }
}

TEST_CASE("a zone that refuses stops a rollout, and it is said why", "[end_to_end]") {
  Demo demo;
  Zone one = demo.Connect("one");
  Zone two = demo.Connect("two");
  REQUIRE(demo.Rollout({"start", "demo", "-f", demo.file, "--wave", "one", "--wave", "two"})
              .exit_code == 0);
  one.TakeNext();
  CHECK(one.Has("8s"));
  two.TakeNext("spec: not with me");
  const Json told = demo.Until("state", "taken_back");
  CHECK(told["reason"].get<std::string>().find("not with me") != std::string::npos);
  CHECK(told["reason"].get<std::string>().find("\"two\"") != std::string::npos);
  one.TakeNext();
  CHECK(one.Has("7s"));
  CHECK(demo.daemon.Call("GET", demo.path).body.dump().find("7s") != std::string::npos);
}

TEST_CASE("what cannot be rolled out is refused with what to do", "[end_to_end]") {
  Demo demo;
  const auto refused = [&](std::vector<std::string> arguments, const std::string& says) {
    const Ran ran = demo.Rollout(std::move(arguments));
    INFO(ran.errors);
    CHECK(ran.exit_code != 0);
    CHECK(ran.errors.find(says) != std::string::npos);
  };
  refused({"start", "demo", "-f", demo.file, "--wave", "three"}, "no zone called \"three\"");
  refused({"start", "demo", "-f", demo.file, "--wave", "one", "--hold", "long"}, "hold");
  refused({"start", "demo", "-f", demo.file, "--wave", "one,"}, "empty");
  refused({"start", "nobody", "-f", demo.file, "--wave", "one"}, "nobody");
  refused({"status", "demo"}, "there is no rollout that is not over");
  refused({"status", "demo", "none"}, "there is no rollout \"none\"");
  CHECK(Json::parse(demo.Rollout({"list", "demo", "-o", "json"}).output)["data"].empty());
}

}  // namespace skyden::end_to_end
