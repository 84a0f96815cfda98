// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/service_insight_keeper.h"

#include <catch2/catch.hpp>

#include "server/services.h"
#include "skyden/base/executor.h"
#include "tests/insights/testing.h"
#include "tests/resources/manager/manager_env.h"

using namespace skyden;
using namespace skyden::insights;
using namespace skyden::insights::testing;
using resources::testing::ManagerEnv;

namespace {

using Service = kuma::mesh::v1alpha1::ServiceInsight::Service;

class Env : public ManagerEnv {
 public:
  Env() {
    services().KeepServiceInsights();
    StoreAs("ZoneInsight", ZoneInsight("east", Connection::kOpen));
    manual().Advance(absl::Minutes(1));
  }

  void StoreAs(const std::string& type, model::Resource resource) {
    resource.type = store::testing::Type(type);
    Store(std::move(resource));
  }
  void Run(const Proxy& proxy) {
    StoreAs("Dataplane", proxy.Dataplane());
    StoreAs("DataplaneInsight", InsightOf(proxy.Dataplane(), {}));
  }
  std::optional<model::Resource> Stored(const std::string& mesh = "default") {
    auto found = Get("ServiceInsight", mesh, "all-services-" + mesh);
    if (!found.ok()) return std::nullopt;
    return *std::move(found);
  }
  Service::Status StatusOfWeb() {
    kuma::mesh::v1alpha1::ServiceInsight insight;
    const auto stored = Stored();
    REQUIRE(stored.has_value());
    REQUIRE(insight.ParseFromString(stored->spec));
    return insight.services().at("web").status();
  }
};

}  // namespace

TEST_CASE("services are stored once a control plane has settled", "[insights]") {
  Env env;
  CHECK_FALSE(env.Stored().has_value());  // it never had one
  env.Run({.name = "a"});
  CHECK_FALSE(env.Stored().has_value());
  env.manual().Advance(absl::Seconds(1));
  CHECK(env.StatusOfWeb() == Service::online);
  CHECK(env.store->counters().unplanned_reads == 0);
}

TEST_CASE("what comes to the same is not written again", "[insights]") {
  Env env;
  env.Run({.name = "a"});
  env.manual().Advance(absl::Seconds(1));
  const auto stored = env.Stored();
  env.Run({.name = "a"});  // the same again
  env.StoreAs("ZoneInsight", ZoneInsight("east", Connection::kOpen));
  env.manual().Advance(absl::Minutes(1));
  CHECK(env.Stored()->revision == stored->revision);
}

TEST_CASE("only meshes that changed are written", "[insights]") {
  Env env;
  REQUIRE(env.Put("Mesh", "", "other").ok());
  env.Run({.name = "a"});
  env.Run({.mesh = "other", .name = "a"});
  env.manual().Advance(absl::Seconds(1));
  const auto other = env.Stored("other");
  REQUIRE(other.has_value());
  env.Run({.name = "b"});
  env.manual().Advance(absl::Seconds(1));
  CHECK(env.Stored("other")->revision == other->revision);
  CHECK(env.Stored()->revision > other->revision);
}

TEST_CASE("a zone that went takes its services with it, but not at once", "[insights]") {
  Env env;
  env.Run({.name = "a"});
  env.manual().Advance(absl::Seconds(1));
  env.StoreAs("ZoneInsight", ZoneInsight("east", Connection::kClosed));
  env.manual().Advance(absl::Seconds(2));
  CHECK(env.StatusOfWeb() == Service::online);  // it may come back
  env.manual().Advance(absl::Seconds(8));
  CHECK(env.StatusOfWeb() == Service::offline);
}

TEST_CASE("a proxy's change does not wait for a zone's", "[insights]") {
  Env env;
  env.StoreAs("ZoneInsight", ZoneInsight("east", Connection::kClosed));
  env.Run({.name = "a"});
  env.manual().Advance(absl::Seconds(1));
  CHECK(env.StatusOfWeb() == Service::offline);
}

TEST_CASE("nothing is written into a mesh that was deleted meanwhile", "[insights]") {
  Env env;
  REQUIRE(env.Put("Mesh", "", "other").ok());
  REQUIRE(env.Put("ExternalService", "other", "es",
                  R"("tags":{"kuma.io/service":"es"},"networking":{"address":"192.0.2.1:80"})")
              .ok());
  REQUIRE(env.Delete("Mesh", "", "other").ok());
  env.manual().Advance(absl::Seconds(1));
  CHECK_FALSE(env.Stored("other").has_value());
}

TEST_CASE("an idle control plane has no timer and reads nothing", "[insights]") {
  Env env;
  env.Run({.name = "a"});
  env.manual().Advance(absl::Seconds(1));
  env.manual().Advance(absl::Minutes(1));
  const auto reads = env.store->counters().reads;
  env.manual().Advance(absl::Hours(1));
  CHECK(env.store->counters().reads == reads);
}
