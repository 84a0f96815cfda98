// SPDX-License-Identifier: Apache-2.0
#include "rollouts/gate.h"

#include <catch2/catch.hpp>

#include "rollouts/envoy_stats.h"

namespace skyden::rollouts {
namespace {

TEST_CASE("of a proxy's statistics requests to the mesh count", "[rollouts]") {
  const Requests requests = ReadRequests(
      "cluster.backend_kuma-demo_svc_80.upstream_rq_completed: 100\n"
      "cluster.backend_kuma-demo_svc_80.upstream_rq_5xx: 7\n"
      "cluster.backend_kuma-demo_svc_80.upstream_rq_503: 7\n"
      "cluster.backend_kuma-demo_svc_80.external.upstream_rq_completed: 100\n"
      "cluster.backend_kuma-demo_svc_80.external.upstream_rq_5xx: 7\n"
      "cluster.localhost_8080.upstream_rq_completed: 50\n"
      "cluster.localhost_8080.upstream_cx_connect_fail: 2\n"
      "cluster.kuma_envoy_admin.upstream_rq_completed: 1000\n"
      "cluster.ads_cluster.upstream_rq_5xx: 1000\n"
      "http.192_0_2_1_80.rbac.denied: 3\n"
      "http.192_0_2_1_80.rbac.allowed: 47\n"
      "http.192_0_2_1_80.downstream_rq_time: P0(nan,1) P25(nan,2)\n"
      "server.version: not a number\n"
      "no value\n"
      "cluster.x.upstream_rq_completed: 99999999999999999999999");
  CHECK(requests == Requests{155, 12});
  CHECK(ReadRequests("") == Requests{});
}

TEST_CASE("the gate compares the share that failed since with the share before", "[rollouts]") {
  const resources::RolloutGate gate{.rise_max = 0.02, .requests_min = 100};
  const Measured before = {{"east/a", {1000, 10}}, {"east/b", {1000, 10}}};
  const auto reason = [&](Measured after) { return ReasonToTakeBack(gate, before, after); };
  CHECK(reason({{"east/a", {1100, 13}}, {"east/b", {1100, 13}}}).empty());
  CHECK_FALSE(reason({{"east/a", {1100, 20}}, {"east/b", {1100, 10}}}).empty());
  // Too few to say anything.
  CHECK(reason({{"east/a", {1050, 60}}, {"east/b", {1049, 10}}}).empty());
  // It began anew: what it has counted since then counts.
  CHECK_FALSE(reason({{"east/a", {200, 100}}}).empty());
  // Nobody knows how it was before.
  CHECK(reason({{"east/c", {10'000, 10'000}}}).empty());
}

TEST_CASE("what was measured is kept as text", "[rollouts]") {
  const Measured measured = {{"east/a", {1000, 10}}, {"west/b.ns", {1, 0}}};
  CHECK(DecodeMeasured(EncodeMeasured(measured)) == measured);
  for (const char* text : {"", "[]", "{\"a\":[1]}", "{\"a\":[1,-1]}", "{\"a\":[1,1.5]}", "{"}) {
    CHECK(DecodeMeasured(text).empty());
  }
}

}  // namespace
}  // namespace skyden::rollouts
