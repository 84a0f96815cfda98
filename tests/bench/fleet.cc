// SPDX-License-Identifier: Apache-2.0
// fleet: 300 control planes with 5,000 zones, asked over REST. Prints, a line of JSON each, how
// long the answers take and how large they are, and what a zone that comes and goes costs in
// between.
#include "skyden/insights/fleet.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "rest/fleet_summary_json.h"
#include "server/services.h"
#include "skyden/insights/fleet_summary.h"
#include "skyden/store/tenant_tx.h"
#include "tests/insights/testing.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

constexpr int kControlPlanes = 300;
constexpr int kZones = 5000;
constexpr int kRounds = 100;

size_t GzipBytes(const std::string& text) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  const size_t bytes = stream.total_out;
  deflateEnd(&stream);
  return bytes;
}

void Measure(const std::string& scenario, int rounds, const std::function<std::string(int)>& fn) {
  std::vector<absl::Duration> took;
  std::string last;
  for (int i = 0; i < rounds; ++i) {
    const absl::Time begin = absl::Now();
    last = fn(i);
    took.push_back(absl::Now() - begin);
  }
  std::sort(took.begin(), took.end());
  fmt::print(
      "{{\"scenario\":\"{}\",\"p50_ms\":{:.2f},\"p99_ms\":{:.2f},\"bytes\":{},\"gzip_bytes\":{}}}"
      "\n",
      scenario, absl::ToDoubleMilliseconds(took[took.size() / 2]),
      absl::ToDoubleMilliseconds(took[took.size() * 99 / 100]), last.size(), GzipBytes(last));
  std::fflush(stdout);
}

// Zones of the `i`th control plane, most of which are there.
void StoreZones(RestEnv& env, const std::string& id, int i) {
  const model::CoreTypes& core = env.registry().core();
  const auto written = env.store->Write(env.Inside(id), [&](store::WriteTx& tx) -> absl::Status {
    for (int zone = i; zone < kZones; zone += kControlPlanes) {
      const std::string name = fmt::format("zone-{:04}", zone);
      model::Resource stored;
      stored.type = core.zone->id;
      stored.key = {"", name};
      absl::Status status = tx.PutResource(stored);
      const auto connection = zone % 180 == 0 ? insights::testing::Connection::kClosed
                                              : insights::testing::Connection::kOpen;
      model::Resource insight = insights::testing::ZoneInsight(name, connection);
      insight.type = core.zone_insight->id;
      if (status.ok()) status = tx.PutResource(insight);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  });
  REQUIRE(written.ok());
}

}  // namespace

TEST_CASE("a large fleet is asked", "[bench]") {
  RestEnv env;
  std::vector<std::string> ids;
  for (int i = 0; i < kControlPlanes; ++i) {
    ids.push_back(env.NewControlPlane(fmt::format("control-plane-{:03}", i)));
    StoreZones(env, ids.back(), i);
  }
  const auto get = [&](const std::string& path) {
    const Answer answer = env.Get(path);
    REQUIRE(answer.status == 200);
    return answer.body;
  };
  Measure("fleet, for the first time", 1, [&](int) { return get("/v3/fleet?top=50"); });
  Measure("fleet, nothing changed", kRounds, [&](int) { return get("/v3/fleet?top=50"); });
  Measure("fleet of all control planes", kRounds, [&](int) { return get("/v3/fleet?top=1000"); });
  Measure("fleet, one control plane changed", kRounds, [&](int i) {
    const absl::Time now = absl::Now();
    env.Refuse(ids[static_cast<size_t>(i)],
               {{"zone-x", "10.9.1.3", "the token expired", "Issue a new one.", now, now}});
    return get("/v3/fleet?top=50");
  });
  Measure("zones, the first page", kRounds, [&](int) { return get("/v3/zones"); });
  Measure("search", kRounds, [&](int) { return get("/v3/search?q=zone-01"); });
  // Without sign-in, connection and thread changes.
  const auto scope = model::SystemScope::For("bench").In(env.Inside(ids.front()).organization());
  Measure("fleet, inside the daemon", kRounds, [&](int) {
    const auto reading = env.services().fleet->Read(scope);
    REQUIRE(reading.ok());
    return FleetJson(*reading, insights::Summarize(*reading, 50));
  });
}

}  // namespace skyden::rest
