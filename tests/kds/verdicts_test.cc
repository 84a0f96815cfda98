// SPDX-License-Identifier: Apache-2.0
// What owners are told of resources that zones refuse.
#include <catch2/catch.hpp>
#include <set>

#include "tests/kds/kds_env.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

constexpr char kBad[] = "13s";  // what critics do not like
constexpr char kReason[] = "spec.to[0].default.connectionTimeout: not 13s";

std::vector<RefusedResource> Refused(KdsEnv& env, const model::TenantScope& scope) {
  return env.server->verdicts().Refused(scope).value();
}

// A zone that refuses each resource with `kBad` in it, as Kuma does: a line for each, no names.
class Critic {
 public:
  Critic(KdsEnv& env, const model::TenantScope& scope, FakeZone::Options options)
      : env_(env), scope_(scope), zone_(env.Zone(std::move(options))) {
    Connect();
  }
  static FakeZone::Options Named(KdsEnv& env, const model::TenantScope& scope,
                                 const std::string& name, const std::string& version = "2.14.3") {
    FakeZone::Options options;
    options.name = name;
    options.version = version;
    options.user_info = env.UserInfo(scope, name);
    return options;
  }

  void Connect() { down_ = zone_.Sync({"Mesh", "MeshTimeout", "Secret"}); }
  void Leave() { down_ = nullptr; }

  // Takes or refuses what comes, until `holds`.
  bool Play(const std::function<bool()>& holds) {
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    while (!holds()) {
      if (absl::Now() > deadline) return false;
      const auto bytes = down_->Read(absl::Milliseconds(20));
      if (!bytes.has_value()) continue;
      const Received got = testing::Read(*bytes);
      ++messages_[got.type];
      const std::string said = Say(got);
      if (!said.empty()) ++refusals_;
      REQUIRE(down_->Write(zone_.Ack(got.type, got.nonce, said)));
    }
    return true;
  }
  // Until the owner is told of exactly these: "<type> <name>".
  bool Tells(const std::set<std::string>& wanted) {
    return Play([&] { return Told(env_, scope_) == wanted; });
  }
  static std::set<std::string> Told(KdsEnv& env, const model::TenantScope& scope) {
    std::set<std::string> told;
    for (const RefusedResource& one : Refused(env, scope)) {
      told.insert(Registry().at(one.type).name + " " + one.key.name);
    }
    return told;
  }

  std::string words = kReason;  // of each refusal
  bool names = false;           // says the name behind the words
  std::string refused_type = "MeshTimeout";
  size_t messages(const std::string& type) { return messages_[type]; }
  size_t refusals() const { return refusals_; }

 private:
  std::string Say(const Received& got) const {
    std::string said;
    for (const auto& [name, spec] : got.resources) {
      const bool bad = refused_type == "MeshTimeout"
                           ? got.type == refused_type && spec.find(kBad) != std::string::npos
                           : got.type == refused_type;
      if (!bad) continue;
      said += (said.empty() ? "" : "\n") + words;
      if (names)
        said += ": type=\"" + got.type + "\" name=\"" + name.substr(0, name.rfind('.')) + "\"";
    }
    return said;
  }

  KdsEnv& env_;
  const model::TenantScope scope_;
  FakeZone zone_;
  std::unique_ptr<FakeStream> down_;
  std::map<std::string, size_t> messages_;
  size_t refusals_ = 0;
};

void PutTimeout(KdsEnv& env, const model::TenantScope& scope, const std::string& name,
                const std::string& timeout = "5s") {
  const absl::Status put = env.Put(scope, "MeshTimeout", "default", name, TimeoutSpec(timeout));
  INFO(put);
  REQUIRE(put.ok());
}

}  // namespace

TEST_CASE("what a zone refuses is shown until it changes", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  Critic zone(env, scope, Critic::Named(env, scope, "zone-1"));
  REQUIRE(zone.Play([&] { return zone.messages("MeshTimeout") == 1; }));
  PutTimeout(env, scope, "good");
  PutTimeout(env, scope, "bad", kBad);
  REQUIRE(zone.Tells({"MeshTimeout bad"}));
  const RefusedResource refused = Refused(env, scope).front();
  CHECK(refused.zone_name == "zone-1");
  CHECK(refused.zone_version == "2.14.3");
  CHECK(refused.zone_online);
  CHECK(refused.key == model::ResourceKey{"default", "bad"});
  CHECK(refused.reason == kReason);
  CHECK(refused.since <= absl::Now());

  PutTimeout(env, scope, "other");  // what it takes of others changes nothing
  const size_t before = zone.messages("MeshTimeout");
  REQUIRE(zone.Play([&] { return zone.messages("MeshTimeout") > before; }));
  CHECK(Critic::Told(env, scope) == std::set<std::string>{"MeshTimeout bad"});
  PutTimeout(env, scope, "bad", "7s");
  CHECK(zone.Tells({}));
}

TEST_CASE("a zone that connects says which of many it refuses", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  for (int i = 0; i < 60; ++i) {
    PutTimeout(env, scope, "t" + std::to_string(i), i == 7 || i == 44 ? kBad : "5s");
  }
  const std::set<std::string> bad = {"MeshTimeout t7", "MeshTimeout t44"};
  Critic zone(env, scope, Critic::Named(env, scope, "zone-1"));
  REQUIRE(zone.Tells(bad));
  const absl::Time since = Refused(env, scope).front().since;
  CHECK(Refused(env, scope).front().reason == kReason);
  // Questions count as nothing of a zone's statistics.
  CHECK(env.server->counters().nacks == 1);

  SECTION("and again when it comes back") {
    zone.Leave();
    REQUIRE(env.Eventually([&] { return env.server->OnlineZones(scope).empty(); }));
    CHECK(Critic::Told(env, scope) == bad);
    CHECK_FALSE(Refused(env, scope).front().zone_online);
    zone.Connect();
    const size_t refusals = zone.refusals();
    REQUIRE(zone.Play(
        [&] { return zone.refusals() > refusals + 1 && Critic::Told(env, scope) == bad; }));
    CHECK(Refused(env, scope).front().since == since);
  }
  SECTION("also to another daemon") {
    env.Restart();
    Critic again(env, scope, Critic::Named(env, scope, "zone-2"));
    CHECK(again.Tells(bad));
  }
  SECTION("and what changes while it is away is not held against it") {
    zone.Leave();
    REQUIRE(env.Eventually([&] { return env.server->OnlineZones(scope).empty(); }));
    PutTimeout(env, scope, "t7", "6s");
    CHECK(Critic::Told(env, scope) == std::set<std::string>{"MeshTimeout t44"});
    REQUIRE(env.Delete(scope, "MeshTimeout", "default", "t44").ok());
    CHECK(Critic::Told(env, scope).empty());
  }
  SECTION("and what it takes as a whole is all taken") {
    zone.Leave();
    zone.refused_type = "Nothing";
    zone.Connect();
    CHECK(zone.Tells({}));
  }
}

TEST_CASE("writing the same again does not hide that it is refused", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  PutTimeout(env, scope, "bad", kBad);
  Critic zone(env, scope, Critic::Named(env, scope, "zone-1"));
  REQUIRE(zone.Tells({"MeshTimeout bad"}));
  PutTimeout(env, scope, "bad", kBad);
  CHECK(Critic::Told(env, scope) == std::set<std::string>{"MeshTimeout bad"});
}

TEST_CASE("of a zone that must not be asked the type is shown, and the rest once it is clear",
          "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  PutTimeout(env, scope, "old", kBad);
  Critic zone(env, scope, Critic::Named(env, scope, "zone-1", "2.12.1"));
  REQUIRE(zone.Tells({"MeshTimeout "}));
  CHECK(zone.messages("MeshTimeout") == 1);
  CHECK(Refused(env, scope).front().reason == kReason);
  PutTimeout(env, scope, "new", kBad);
  REQUIRE(zone.Tells({"MeshTimeout ", "MeshTimeout new"}));
}

TEST_CASE("words that a zone used before say what it means by them", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  Critic zone(env, scope, Critic::Named(env, scope, "zone-1", "2.12.1"));
  REQUIRE(zone.Play([&] { return zone.messages("MeshTimeout") == 1; }));
  PutTimeout(env, scope, "bad", kBad);
  REQUIRE(zone.Tells({"MeshTimeout bad"}));
  zone.Leave();
  zone.Connect();
  REQUIRE(zone.Play([&] { return zone.refusals() == 2; }));
  CHECK(zone.Tells({"MeshTimeout bad"}));
}

TEST_CASE("the half of a policy that a zone refuses is told as the policy", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  // Zones of Kuma 3 are told it as two.
  const auto put = [&](const std::string& name, const std::string& to, const std::string& from) {
    const auto part = [](const std::string& timeout) {
      return R"([{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":")" + timeout +
             R"("}}])";
    };
    REQUIRE(env.Put(scope, "MeshTimeout", "default", name,
                    R"("spec":{"targetRef":{"kind":"Mesh"},"to":)" + part(to) + R"(,"from":)" +
                        part(from) + "}")
                .ok());
  };
  Critic zone(env, scope, Critic::Named(env, scope, "zone-1", "3.0.1"));
  zone.names = GENERATE(false, true);
  SECTION("in a first state of many") {
    for (int i = 0; i < 20; ++i) put("t" + std::to_string(i), i == 4 ? kBad : "5s", "5s");
    put("both", kBad, kBad);
    REQUIRE(zone.Tells({"MeshTimeout t4", "MeshTimeout both"}));
    put("t4", "6s", "5s");
    put("both", "5s", std::string("3.") + kBad);
    REQUIRE(zone.Play([&] { return Refused(env, scope).size() == 1; }));
    CHECK(zone.Tells({"MeshTimeout both"}));
  }
  SECTION("alone") {
    REQUIRE(zone.Play([&] { return zone.messages("MeshTimeout") == 1; }));
    put("t", kBad, "5s");
    REQUIRE(zone.Tells({"MeshTimeout t"}));
    put("t", "5s", kBad);
    REQUIRE(zone.Play([&] { return zone.refusals() == 2; }));
    CHECK(zone.Tells({"MeshTimeout t"}));
    put("t", "5s", "5s");
    CHECK(zone.Tells({}));
  }
}

TEST_CASE("a zone that is deleted refuses nothing any more", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  PutTimeout(env, scope, "bad", kBad);
  Critic zone(env, scope, Critic::Named(env, scope, "zone-1"));
  REQUIRE(zone.Tells({"MeshTimeout bad"}));
  zone.Leave();
  REQUIRE(env.Eventually([&] { return env.server->OnlineZones(scope).empty(); }));
  REQUIRE(env.Eventually([&] { return env.Delete(scope, "Zone", "", "zone-1").ok(); }));
  CHECK(Critic::Told(env, scope).empty());
}

TEST_CASE("what zones say of secrets is not passed on", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  Critic zone(env, scope, Critic::Named(env, scope, "zone-1"));
  zone.refused_type = "Secret";
  zone.words = "data: c2VjcmV0 is no good";
  REQUIRE(zone.Play([&] { return !Refused(env, scope).empty(); }));
  for (const RefusedResource& one : Refused(env, scope)) {
    CHECK(Registry().at(one.type).name == "Secret");
    CHECK(one.reason.find("c2VjcmV0") == std::string::npos);
  }
}

TEST_CASE("another control plane hears nothing of it", "[kds]") {
  KdsEnv env;
  const auto mine = env.NewControlPlane("mine");
  const auto other = env.NewControlPlane("other");
  PutTimeout(env, mine, "bad", kBad);
  Critic zone(env, mine, Critic::Named(env, mine, "zone-1", "3.0.1"));
  size_t told = 0, told_others = 0;
  const auto listening = env.server->verdicts().Subscribe(mine.tenant(), [&told] { ++told; });
  const auto others =
      env.server->verdicts().Subscribe(other.tenant(), [&told_others] { ++told_others; });
  REQUIRE(zone.Tells({"MeshTimeout bad"}));
  CHECK(Refused(env, other).empty());
  const auto& timeout = *Registry().FindByName("MeshTimeout");
  CHECK(env.server->verdicts().MayWarn(mine.tenant(), timeout.id));
  CHECK_FALSE(env.server->verdicts().MayWarn(other.tenant(), timeout.id));
  CHECK(told_others == 0);
}

TEST_CASE("only so much is kept of one zone", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  for (size_t i = 0; i < base::limits::kRefusedPerZone + 20; ++i) {
    PutTimeout(env, scope, "bad" + std::to_string(i), kBad);
  }
  Critic zone(env, scope, Critic::Named(env, scope, "zone-1"));
  REQUIRE(zone.Play([&] { return Refused(env, scope).size() >= base::limits::kRefusedPerZone; }));
  CHECK(Refused(env, scope).size() == base::limits::kRefusedPerZone);
}

TEST_CASE("who writes is warned of what connected zones refuse", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  ZoneVerdicts& verdicts = env.server->verdicts();
  const auto timeout = [&](const std::string& name, const std::string& spec) {
    return MakeResource("MeshTimeout", "default", name, spec);
  };
  const auto subset =
      timeout("t", R"({"targetRef":{"kind":"MeshSubset","tags":{"a":"b"}},)"
                   R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"5s"}}]})");
  Critic old_zone(env, scope, Critic::Named(env, scope, "zone-old"));
  REQUIRE(old_zone.Play([&] { return old_zone.messages("MeshTimeout") == 1; }));
  CHECK_FALSE(verdicts.MayWarn(scope.tenant(), subset.type));
  CHECK(verdicts.Warnings(scope, subset).empty());

  Critic new_zone(env, scope, Critic::Named(env, scope, "zone-new", "3.0.1"));
  REQUIRE(new_zone.Play([&] { return new_zone.messages("MeshTimeout") == 1; }));
  CHECK(verdicts.MayWarn(scope.tenant(), subset.type));
  CHECK(
      verdicts.Warnings(scope, subset) ==
      std::vector<std::string>{"zone zone-new (Kuma 3.0.1) refuses this MeshTimeout: its targetRef "
                               "is of kind MeshSubset: select proxies by kind Dataplane with "
                               "labels"});
  CHECK(
      verdicts.Warnings(scope, timeout("t", R"({"to":[{"targetRef":{"kind":"Mesh"}}]})")).empty());
  auto private_one = subset;
  private_one.labels["kuma.io/kds-sync"] = "disabled";
  CHECK(verdicts.Warnings(scope, private_one).empty());

  PutTimeout(env, scope, "bad", kBad);
  REQUIRE(old_zone.Tells({"MeshTimeout bad"}));
  const model::Resource bad = env.Find(scope, "MeshTimeout", "default", "bad").value();
  const auto warnings = verdicts.Warnings(scope, bad);
  REQUIRE(warnings.size() == 1);
  CHECK(warnings.front() ==
        std::string("zone zone-old refused this MeshTimeout in this form: ") + kReason);
  CHECK(verdicts.Warnings(scope, timeout("bad", R"({"to":[{}]})")).empty());
  new_zone.Leave();
  CHECK(env.Eventually([&] { return verdicts.Warnings(scope, subset).empty(); }));
}
