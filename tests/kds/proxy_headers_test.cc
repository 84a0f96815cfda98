// SPDX-License-Identifier: Apache-2.0
#include "kds/proxy_headers.h"

#include <catch2/catch.hpp>

using skyden::kds::ProxyHeaderOf;

TEST_CASE("headers that only proxies set are known, and those of zones are not among them",
          "[kds]") {
  for (const char* name :
       {"via", "forwarded", "x-forwarded-for", "x-forwarded-proto", "x-real-ip",
        "x-envoy-external-address", "x-envoy-expected-rq-timeout-ms", "x-amzn-trace-id"}) {
    CAPTURE(name);
    CHECK(ProxyHeaderOf({{"client-id", "zone-1"}, {name, "x"}}) == name);
  }
  CHECK(ProxyHeaderOf({{"client-id", "zone-1"},
                       {"kds-version", "v3"},
                       {"features", "zone-ping-health"},
                       {"user-agent", "grpc-go/1.60.0"},
                       {"x-request-id", "1"},
                       {"traceparent", "00-0-0-00"}})
            .empty());
}
