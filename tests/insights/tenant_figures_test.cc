// SPDX-License-Identifier: Apache-2.0
#include "insights/tenant_figures.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/insights/testing.h"

using namespace skyden;
using namespace skyden::insights;
using namespace skyden::insights::testing;

namespace {

using Service = kuma::mesh::v1alpha1::ServiceInsight::Service;

constexpr auto kMeshes = &CountedViews::meshes;
constexpr auto kDataplanes = &CountedViews::dataplanes;
constexpr auto kInsights = &CountedViews::dataplane_insights;
constexpr auto kExternal = &CountedViews::external_services;
constexpr auto kZones = &CountedViews::zone_insights;
constexpr auto kIngresses = &CountedViews::zone_ingress_insights;
constexpr auto kEgresses = &CountedViews::zone_egress_insights;

void Run(World& world, const Proxy& proxy, const std::optional<Seen>& seen = Seen{}) {
  const model::Resource dataplane = proxy.Dataplane();
  world.Put(kDataplanes, dataplane);
  if (seen) world.Put(kInsights, InsightOf(dataplane, *seen));
}

const MeshFigures& Default(const std::shared_ptr<const TenantFigures>& figures) {
  REQUIRE(figures->Find("default") != nullptr);
  return *figures->Find("default")->figures;
}

Service ServiceOf(World& world, const std::string& name) {
  const auto figures = world.Figures();
  const auto& services = Default(figures).services.services();
  const auto found = services.find(name);
  REQUIRE(found != services.end());
  return found->second;
}

}  // namespace

TEST_CASE("a proxy counts by its connection and by how many inbounds are ready", "[insights]") {
  struct Case {
    std::string what;
    Proxy proxy;
    std::optional<Seen> seen;
    uint32_t online, offline, degraded;
  };
  const Proxy two{.services = {"web", "admin"}};
  const std::vector<Case> cases = {
      {"connected", two, Seen{}, 1, 0, 0},
      {"no insight", two, std::nullopt, 0, 1, 0},
      {"disconnected", two, Seen{.connection = Connection::kClosed}, 0, 1, 0},
      {"one inbound not ready",
       {.services = {"web", "admin"}, .not_ready = {"admin"}},
       Seen{},
       0,
       0,
       1},
      {"no inbound ready", {.services = {"web"}, .not_ready = {"web"}}, Seen{}, 0, 1, 0},
      {"a gateway has no inbounds", {.gateway = ProxyKind::kDelegatedGateway}, Seen{}, 1, 0, 0},
  };
  for (const Case& c : cases) {
    INFO(c.what);
    World world;
    Run(world, c.proxy, c.seen);
    const auto figures = world.Figures();
    const auto& stat = Default(figures).insight.dataplanes();
    CHECK(stat.total() == 1);
    CHECK(stat.online() == c.online);
    CHECK(stat.offline() == c.offline);
    CHECK(stat.partially_degraded() == c.degraded);
  }
}

TEST_CASE("proxies are told apart by kind, and gateways summed", "[insights]") {
  World world;
  Run(world, {.name = "a"});
  Run(world, {.name = "b", .gateway = ProxyKind::kBuiltinGateway});
  Run(world, {.name = "c", .gateway = ProxyKind::kDelegatedGateway}, std::nullopt);
  const auto figures = world.Figures();
  const auto& types = Default(figures).insight.dataplanesbytype();
  CHECK(types.standard().total() == 1);
  CHECK(types.gatewaybuiltin().online() == 1);
  CHECK(types.gatewaydelegated().offline() == 1);
  CHECK(types.gateway().total() == 2);
}

TEST_CASE("versions and backends are counted, those of partly degraded proxies without a total",
          "[insights]") {
  World world;
  Run(world, {.name = "a"}, Seen{.issued_backend = "ca-1", .supported_backends = {"ca-1", "ca-2"}});
  Run(world, {.name = "b", .services = {"x", "y"}, .not_ready = {"x"}}, Seen{.kuma_dp = "2.13.0"});
  Run(world, {.name = "c"}, std::nullopt);
  const auto figures = world.Figures();
  const auto& insight = Default(figures).insight;
  CHECK(insight.dpversions().kumadp().at("2.14.3").total() == 1);
  CHECK(insight.dpversions().kumadp().at("2.13.0").total() == 0);
  CHECK(insight.dpversions().kumadp().at("2.13.0").partially_degraded() == 1);
  CHECK(insight.dpversions().envoy().at("unknown").offline() == 1);
  CHECK(insight.mtls().issuedbackends().at("ca-1").online() == 1);
  CHECK(insight.mtls().supportedbackends().at("ca-2").total() == 1);
  CHECK(ServiceOf(world, "web").issuedbackends().at("ca-1") == 1);
}

TEST_CASE("a service is online, partly degraded or offline with its proxies", "[insights]") {
  World world;
  Run(world, {.name = "a", .services = {"web", "both"}});
  CHECK(ServiceOf(world, "web").status() == Service::online);
  Run(world, {.name = "b", .services = {"both"}}, std::nullopt);
  CHECK(ServiceOf(world, "both").status() == Service::partially_degraded);
  CHECK(ServiceOf(world, "both").dataplanes().online() == 1);
  CHECK(ServiceOf(world, "both").dataplanes().offline() == 1);
  Run(world, {.name = "a", .services = {"web", "both"}}, Seen{.connection = Connection::kClosed});
  CHECK(ServiceOf(world, "both").status() == Service::offline);
  CHECK(ServiceOf(world, "both").zones().size() == 1);
}

TEST_CASE("inbounds that are ignored or nameless make no service", "[insights]") {
  World world;
  Run(world, {.services = {"web", "hidden", ""}, .ignored = {"hidden"}});
  const auto figures = world.Figures();
  CHECK(Default(figures).services.services().size() == 1);
  CHECK(Default(figures).insight.services().internal() == 1);
}

TEST_CASE("external services have an address and no proxies", "[insights]") {
  World world;
  world.Put(kExternal, ExternalService("default", "b", "api", "second:80"));
  world.Put(kExternal, ExternalService("default", "a", "api", "first:80"));
  const Service api = ServiceOf(world, "api");
  CHECK(api.servicetype() == Service::external);
  CHECK(api.status() == Service::not_available);
  CHECK(api.addressport() == "first:80");
  const auto figures = world.Figures();
  CHECK(Default(figures).insight.services().external() == 2);
  CHECK(Default(figures).insight.services().total() == 2);
}

TEST_CASE("a service that several kinds make is of the first proxy's kind", "[insights]") {
  World world;
  Run(world, {.name = "b"});
  world.Put(kExternal, ExternalService("default", "a", "web", "first:80"));
  CHECK(ServiceOf(world, "web").servicetype() == Service::internal);
  CHECK(ServiceOf(world, "web").addressport().empty());
  Run(world, {.name = "a", .gateway = ProxyKind::kDelegatedGateway});
  CHECK(ServiceOf(world, "web").servicetype() == Service::gateway_delegated);
  Run(world, {.name = "a"});
  CHECK(ServiceOf(world, "web").servicetype() == Service::internal);
}

TEST_CASE("a mesh that has given up service tags keeps only delegated gateways", "[insights]") {
  World world;
  Run(world, {.name = "a", .services = {"web"}});
  Run(world, {.name = "b", .services = {"edge"}, .gateway = ProxyKind::kBuiltinGateway});
  Run(world, {.name = "c", .services = {"kong"}, .gateway = ProxyKind::kDelegatedGateway});
  world.Put(kExternal, ExternalService("default", "a", "api", "first:80"));
  CHECK(Default(world.Figures()).services.services().size() == 4);
  world.Put(kMeshes, Mesh("default", /*exclusive=*/true));
  const auto figures = world.Figures();
  CHECK(Default(figures).services.services().size() == 1);
  CHECK(Default(figures).services.services().count("kong") == 1);
  CHECK_FALSE(Default(figures).insight.has_services());
  CHECK(Default(figures).insight.dataplanes().total() == 3);
}

TEST_CASE("proxies of a zone that is gone are offline until it is back", "[insights]") {
  World world;
  world.Put(kZones, ZoneInsight("west", Connection::kOpen));
  Run(world, {.name = "a", .zone = "east"});
  Run(world, {.name = "b", .zone = "west"});
  const model::Resource egress = Proxy{.name = "eg", .zone = "west"}.Dataplane();
  world.Put(kEgresses, InsightOf(egress, {}));
  world.Put(kIngresses, InsightOf(Proxy{.name = "ing", .zone = "east"}.Dataplane(), {}));
  const std::string before = Text(*world.Figures());
  CHECK(ServiceOf(world, "web").status() == Service::online);

  world.Put(kZones, ZoneInsight("west", Connection::kClosed));
  const auto gone = world.Figures();
  CHECK(Default(gone).insight.dataplanes().online() == 1);
  CHECK(Default(gone).insight.dataplanes().offline() == 1);
  CHECK(Default(gone).insight.dpversions().envoy().at("1.36.0").offline() == 1);
  CHECK(ServiceOf(world, "web").status() == Service::partially_degraded);
  CHECK(gone->zones.online == 1);
  CHECK(gone->zones.total == 2);
  CHECK(gone->zone_ingresses.online == 1);
  CHECK(gone->zone_egresses.online == 0);
  CHECK(gone->zone_egresses.total == 1);

  world.Put(kZones, ZoneInsight("west", Connection::kOpen));
  CHECK(Text(*world.Figures()) == before);
}

TEST_CASE("figures are the same object while nothing changes, and so are a mesh's", "[insights]") {
  World world;
  world.Put(kMeshes, Mesh("other"));
  Run(world, {.name = "a"});
  const auto figures = world.Figures();
  CHECK(world.Figures() == figures);
  Run(world, {.mesh = "other", .name = "a"});
  const auto after = world.Figures();
  CHECK(after != figures);
  CHECK(after->Find("default")->figures == figures->Find("default")->figures);
  CHECK(after->Find("other")->figures != figures->Find("other")->figures);
  // A heartbeat of a zone that says nothing new.
  world.Put(kZones, ZoneInsight("east", Connection::kOpen));
  CHECK(world.Figures() == after);
}

TEST_CASE("views that are older than what was counted change nothing", "[insights]") {
  World world;
  Run(world, {.name = "a"});
  const CountedViews old = world.views;
  Run(world, {.name = "b"});
  TenantCounts counts;
  const auto now = counts.Advance(world.views, absl::UnixEpoch());
  CHECK(counts.Advance(old, absl::UnixEpoch()) == now);
  CHECK(Default(now).insight.dataplanes().total() == 2);
}

TEST_CASE("a mesh and what it had go together, in whatever order they are seen", "[insights]") {
  World world;
  world.Put(kMeshes, Mesh("other"));
  Run(world, {.mesh = "other", .name = "a"});
  CHECK(world.Figures()->meshes.size() == 2);
  world.Remove(kMeshes, {"", "other"});
  CHECK(world.Figures()->meshes.size() == 1);
  world.Remove(kDataplanes, {"other", "a"});
  CHECK(Text(*world.Figures()) == Text(*world.FiguresAnew()));
  world.Put(kMeshes, Mesh("other"));
  CHECK(world.Figures()->Find("other")->figures->insight.dataplanes().total() == 0);
}

TEST_CASE("counting what changed comes to the same as counting everything", "[insights]") {
  std::mt19937 random(20261126);
  const auto below = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  const auto one_of = [&](const std::vector<std::string>& names) {
    return names[below(static_cast<uint32_t>(names.size()))];
  };
  const std::vector<std::string> meshes = {"default", "m1", "m2"}, zones = {"east", "west", ""};
  const std::vector<std::string> services = {"web", "db", "cache"}, backends = {"ca-1", "ca-2"};
  World world;
  for (int step = 0; step < 1500; ++step) {
    const std::string mesh = one_of(meshes), name = "dp-" + std::to_string(below(12));
    Proxy proxy{.mesh = mesh, .name = name, .zone = one_of(zones), .services = {one_of(services)}};
    if (below(2) == 0) proxy.services.push_back("both");
    if (below(4) == 0) proxy.not_ready = {"both"};
    if (below(5) == 0) {
      proxy.gateway = below(2) == 0 ? ProxyKind::kBuiltinGateway : ProxyKind::kDelegatedGateway;
    }
    Seen seen;
    if (below(3) == 0) seen.connection = Connection::kClosed;
    if (below(2) == 0) seen.issued_backend = one_of(backends);
    if (below(2) == 0) seen.supported_backends = backends;
    if (below(4) == 0) seen.envoy = "";
    const model::Resource dataplane = proxy.Dataplane();
    switch (below(11)) {
      case 0:
        world.Put(kMeshes, Mesh(mesh, below(2) == 0));
        break;
      case 1:
        if (below(3) == 0) world.Remove(kMeshes, {"", mesh});
        break;
      case 2:
      case 3:
      case 4:
        world.Put(kDataplanes, dataplane);
        break;
      case 5:
      case 6:
        world.Put(kInsights, InsightOf(dataplane, seen));
        break;
      case 7:
        world.Remove(kDataplanes, dataplane.key);
        break;
      case 8:
        world.Remove(kInsights, dataplane.key);
        break;
      case 9:
        world.Put(kZones, ZoneInsight(below(2) == 0 ? "east" : "west",
                                      below(2) == 0 ? Connection::kOpen : Connection::kClosed));
        break;
      default:
        if (below(2) == 0) {
          world.Put(kExternal, ExternalService(mesh, name, one_of(services), name + ":80"));
        } else {
          world.Remove(kExternal, dataplane.key);
        }
    }
    if (below(3) == 0) continue;  // several changes at once
    INFO("step " << step);
    REQUIRE(Text(*world.Figures()) == Text(*world.FiguresAnew()));
  }
}
