// SPDX-License-Identifier: Apache-2.0
// What a browser's session opens, of all ports of the daemon.
#include <grpcpp/create_channel.h>
#include <httplib.h>

#include <catch2/catch.hpp>

#include "tests/end_to_end/daemon.h"
#include "tests/kds/fake_zone.h"

namespace skyden::end_to_end {

using kds::testing::FakeStream;
using kds::testing::FakeZone;

TEST_CASE("a browser's session opens the port of browsers and no other", "[end_to_end][session]") {
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  httplib::Client browser(daemon.base());
  const auto begun = browser.Post("/v3/sessions", {{"Sec-Fetch-Site", "same-origin"}},
                                  Json{{"token", daemon.token()}}.dump(), "application/json");
  REQUIRE(begun);
  REQUIRE(begun->status == 201);
  const std::string set = begun->get_header_value("Set-Cookie");
  const std::string cookie = set.substr(0, set.find(';'));
  const std::string value = cookie.substr(cookie.find('=') + 1);
  REQUIRE(value.starts_with("skses_"));
  const std::string proof = Json::parse(begun->body)["csrf_token"];
  REQUIRE(browser.Get("/v3/fleet", {{"Cookie", cookie}})->status == 200);

  // As a token it is none, neither is what a page shows with it.
  for (const std::string& shown : {value, proof, cookie}) {
    CAPTURE(shown.substr(0, 6));
    CHECK(browser.Get("/v3/fleet", {{"Authorization", "Bearer " + shown}})->status == 401);
    // Zones.
    FakeZone::Options options;
    options.user_info = id + ":" + shown;
    FakeZone by_address(daemon.address("kds"), options);
    const auto stream = by_address.Sync({"Mesh"});
    CHECK_FALSE(stream->Read().has_value());
    CHECK(stream->End().error_code() == grpc::StatusCode::UNAUTHENTICATED);
  }
  // Admin gRPC, by header and by cookie, whatever is sent there.
  const auto channel =
      grpc::CreateChannel(daemon.address("admin"), grpc::InsecureChannelCredentials());
  for (const kds::testing::Headers& headers :
       {kds::testing::Headers{{"authorization", "Bearer " + value}},
        kds::testing::Headers{{"cookie", cookie}, {"x-skyden-session", proof}}}) {
    FakeStream call(channel, "/skyden.admin.v1.ControlPlanes/List", headers, /*gzip=*/false);
    call.Write("");
    CHECK_FALSE(call.Read().has_value());
    CHECK(call.End().error_code() == grpc::StatusCode::UNAUTHENTICATED);
  }
  // The same call with a token is answered: it was the credential that was wrong.
  FakeStream call(channel, "/skyden.admin.v1.ControlPlanes/List",
                  {{"authorization", "Bearer " + daemon.token()}}, /*gzip=*/false);
  call.Write("");
  CHECK(call.Read().has_value());
}

}  // namespace skyden::end_to_end
