// SPDX-License-Identifier: Apache-2.0
#include "skyden/rest/diagnostics.h"

#include <catch2/catch.hpp>

namespace skyden::rest {

TEST_CASE("diagnostics say what they were told", "[rest]") {
  telemetry::Metrics metrics;
  metrics.AddCounter("skyden_test_things_total", "Things", [] { return 3; });
  absl::Status ready = absl::UnavailableError("the store is opening");
  http::Handler handler = DiagnosticsHandler({.healthy = [] { return absl::OkStatus(); },
                                              .ready = [&](auto verdict) { verdict(ready); },
                                              .metrics = metrics});
  const auto get = [&](const std::string& path) {
    http::Response got;
    http::Request request;
    request.method = http::Method::kGet;
    request.path = path;
    handler(std::move(request), [&](http::Response response) { got = std::move(response); });
    return got;
  };
  CHECK(get("/healthy").status == 200);
  CHECK(get("/ready").status == 503);
  CHECK(get("/ready").body == "the store is opening\n");
  ready = absl::OkStatus();
  CHECK(get("/ready").status == 200);
  CHECK(get("/metrics").body.find("skyden_test_things_total 3") != std::string::npos);
  CHECK(get("/other").status == 404);
}

}  // namespace skyden::rest
