// SPDX-License-Identifier: Apache-2.0
#include "skyden/rest/request_times.h"

#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <string>

namespace skyden::rest {
namespace {

using enum RouteClass;
constexpr auto kGet = http::Method::kGet;
constexpr auto kPost = http::Method::kPost;
constexpr auto kPut = http::Method::kPut;

// Of each series, how many values it has, and their sum.
std::map<std::string, std::pair<uint64_t, double>> Seen(const RequestTimes& times) {
  std::map<std::string, std::pair<uint64_t, double>> seen;
  times.ForEach([&](std::string_view route, std::string_view status, const auto& histogram) {
    const auto reading = histogram.Read();
    if (reading.total() == 0) return;
    seen[std::string(route) + " " + std::string(status)] = {reading.total(), reading.sum};
  });
  return seen;
}

TEST_CASE("a path's class is told by its form, not by what exists", "[rest]") {
  struct Example {
    http::Method method;
    const char* path;
    RouteClass route;
  };
  const Example example = GENERATE(values<Example>({
      {kGet, "/v1/mesh/control-planes", kControlPlanes},
      {kPost, "/v1/mesh/control-planes/", kControlPlanes},
      {kGet, "/v3/mesh/control-planes/an-id", kControlPlanes},
      {kPost, "/v1/mesh/control-planes/an-id/ops/suspend", kControlPlanes},
      {kGet, "/v1/mesh/control-planes/an-id/ops/export", kTransfers},
      {kPost, "/v0/mesh/control-planes/an-id/ops/import", kTransfers},
      {kPost, "/v1/mesh/control-planes/an-id/ops/preview", kTransfers},
      {kGet, "/v1/mesh/control-planes/an-id/api/meshes/a/meshtimeouts/b", kKumaReads},
      {kGet, "/v1/mesh/control-planes/an-id/api", kKumaReads},
      {kGet, "/v1/mesh/control-planes/an-id/meshes", kKumaReads},
      {kGet, "//v1/mesh/control-planes/an-id/meshes", kOther},
      {kPut, "/v1/mesh/control-planes/an-id/api/meshes/a", kKumaWrites},
      {kPost, "/v1/mesh/control-planes/an-id/api/tokens/zone", kKumaWrites},
      {kGet, "/v1/mesh/control-planes/an-id/api/events", kKumaEvents},
      {kGet, "/v1/mesh/control-planes/an-id/events", kKumaEvents},
      {kGet, "/v1/mesh/control-planes/an-id/api/meshes/events", kKumaReads},
      {kPost, "/v3/backups", kTransfers},
      {kGet, "/v3/organizations", kOrganizations},
      {kPost, "/v3/users", kOrganizations},
      {kGet, "/v1/organizations", kOther},
      {kGet, "/v1/mesh/control-planes-and-more", kOther},
      {kGet, "/openapi.yaml", kOther},
      {kGet, "/", kOther},
      {kGet, "", kOther},
      {kGet, "/v3", kOther},
  }));
  CAPTURE(example.path);
  CHECK(RouteClassOf(example.method, example.path) == example.route);
}

TEST_CASE("a request's time is noted once, with how it ended", "[rest]") {
  base::FakeClock clock;
  RequestTimes times;
  std::optional<http::Responder> waiting;
  http::Handler handler = Timed(
      [&](http::Request, http::Responder respond) { waiting = std::move(respond); }, clock, times);
  int answered = 0;
  const auto ask = [&](http::Method method, const char* path) {
    http::Request request;
    request.method = method;
    request.path = path;
    handler(std::move(request), [&](http::Response response) { answered = response.status; });
    clock.Advance(absl::Seconds(2));
  };
  ask(kPut, "/v1/mesh/control-planes/an-id/meshes/m");
  CHECK(Seen(times).empty());
  (*waiting)({.status = 201});
  waiting.reset();
  CHECK(answered == 201);
  ask(kGet, "/v1/mesh/control-planes/an-id/meshes/m");
  (*waiting)({.status = 404});
  ask(kGet, "/v3/users");
  waiting.reset();  // dropped: the server answers 500
  using Expected = std::map<std::string, std::pair<uint64_t, double>>;
  CHECK(Seen(times) == Expected{{"kuma_writes 2xx", {1, 2.0}},
                                {"kuma_reads 4xx", {1, 2.0}},
                                {"organizations 5xx", {1, 2.0}}});
}

TEST_CASE("each status is counted, and what nobody expects together", "[rest]") {
  RequestTimes times;
  for (const int status : {200, 200, 404, 507, 299, 0, 777}) {
    times.Note(kOther, status, absl::Seconds(1));
  }
  std::map<std::string, uint64_t> seen;
  size_t series = 0;
  times.ForEachCode([&](std::string_view code, const telemetry::Counter& counter) {
    ++series;
    if (counter.value() > 0) seen[std::string(code)] = counter.value();
  });
  CHECK(seen == std::map<std::string, uint64_t>{{"200", 2}, {"404", 1}, {"507", 1}, {"other", 3}});
  CHECK(series > 20);  // each is there from the start
}

}  // namespace
}  // namespace skyden::rest
