// SPDX-License-Identifier: Apache-2.0
// Two zones of two tenants whose calls arrive on one connection, as through a proxy that reads
// HTTP/2. What the first has shown must not let the second in.
#include <catch2/catch.hpp>

#include "tests/kds/kds_env.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

using grpc::StatusCode;

struct Shared {
  explicit Shared(KdsEnv::Time time = KdsEnv::Time::kReal,
                  std::function<void(KdsOptions&)> options = {})
      : env(time, std::move(options)) {}

  FakeZone::Options Bound(const model::TenantScope& scope, const std::string& zone = "zone-1") {
    FakeZone::Options options;
    options.name = zone;
    options.user_info = env.UserInfo(scope, zone);
    return options;
  }
  FakeZone::Options ByHeader(const model::TenantScope& scope, const std::string& zone = "zone-1") {
    FakeZone::Options options;
    options.name = zone;
    options.headers = {{"authorization", env.Provision(scope, zone)},
                       {"x-control-plane-id", scope.control_plane().str()}};
    return options;
  }
  FakeZone First(FakeZone::Options options) { return env.Zone(std::move(options)); }

  KdsEnv env;
  model::TenantScope a = env.NewControlPlane("a");
  model::TenantScope b = env.NewControlPlane("b");
};

grpc::Status EndOf(FakeStream& stream) {
  while (stream.Read().has_value()) {
  }
  return stream.End();
}

void CheckDenied(FakeStream& stream, const std::string& words) {
  const grpc::Status status = EndOf(stream);
  CAPTURE(status.error_message());
  CHECK(status.error_code() == StatusCode::PERMISSION_DENIED);
  CHECK(status.error_message().find(words) != std::string::npos);
}

}  // namespace

TEST_CASE("a call of another zone on a connection ends it, and lands nowhere", "[kds]") {
  Shared shared;
  FakeZone one = shared.First(shared.Bound(shared.a));
  auto down = one.Sync({"Mesh"});
  REQUIRE(down->Read().has_value());
  auto up = one.Open(kUp);
  REQUIRE(up->Read().has_value());

  const auto second = [&](FakeZone::Options options, const std::string& words) {
    FakeZone two(one.channel(), std::move(options));
    auto other = two.Open(kUp);
    other->Write(Tell("Dataplane", "1", {MakeDataplane("dp-1")}));
    CheckDenied(*other, words);
  };
  SECTION("of another name") {
    second(shared.Bound(shared.b, "zone-2"), "belongs to another zone");
  }
  SECTION("of the same name") { second(shared.Bound(shared.b), "opens once"); }
  SECTION("that came through a proxy") {
    FakeZone::Options options = shared.Bound(shared.b);
    options.headers = {{"x-forwarded-for", "10.0.0.9"}};
    second(options, "x-forwarded-for");
  }
  SECTION("with a credential of its own") {
    second(shared.ByHeader(shared.b), "belongs to another zone");
  }
  // Whoever was there first is told as well: it cannot know whose calls it shares with.
  CHECK(EndOf(*down).error_code() == StatusCode::PERMISSION_DENIED);
  CHECK(EndOf(*up).error_code() == StatusCode::PERMISSION_DENIED);
  CHECK(shared.env.List(shared.a, "Dataplane").empty());
  CHECK(shared.env.List(shared.b, "Dataplane").empty());
}

TEST_CASE("another zone's credential in a first message ends the connection", "[kds]") {
  Shared shared;
  FakeZone one = shared.First(shared.Bound(shared.a));
  auto up = one.Open(kUp);
  auto down = one.Sync({"Mesh"});
  REQUIRE(down->Read().has_value());
  FakeZone two(one.channel(), shared.Bound(shared.b));
  auto other = two.Sync({"Mesh"});
  CheckDenied(*other, "opens once");
  CHECK(EndOf(*down).error_code() == StatusCode::PERMISSION_DENIED);
  CHECK(EndOf(*up).error_code() == StatusCode::PERMISSION_DENIED);
}

TEST_CASE("a zone behind a proxy needs a header, and is told so", "[kds]") {
  Shared shared;
  FakeZone::Options options = shared.Bound(shared.a);
  options.headers = {{"via", "1.1 example"}};
  FakeZone zone = shared.First(options);
  auto down = zone.Sync({"Mesh"});
  CheckDenied(*down, "authorization header");
  // It is nobody's business: no credential was looked at.
  CHECK(shared.env.server->Rejected(shared.a).empty());
  // Noted once the call has ended.
  REQUIRE(shared.env.Eventually([&] { return !shared.env.server->AllRejected().empty(); }));
  CHECK(shared.env.server->AllRejected().front().advice.find("zone-agent") != std::string::npos);
}

TEST_CASE("a connection that was given on does not let the next zone in", "[kds]") {
  Shared shared(KdsEnv::Time::kManual);
  KdsEnv& env = shared.env;
  FakeZone one = shared.First(shared.Bound(shared.a));
  auto down = one.Sync({"Mesh"});
  REQUIRE(env.RunUntil([&] { return env.server->OnlineZones(shared.a).size() == 1; }));
  down.reset();
  REQUIRE(env.RunUntil([&] { return env.server->counters().streams == 0; }));

  FakeZone two(one.channel(), shared.Bound(shared.b));
  auto up = two.Open(kUp);
  REQUIRE(up->Write(Tell("Dataplane", "1", {MakeDataplane("dp-1")})));
  REQUIRE(env.RunUntil([&] { return env.server->counters().streams == 1; }));
  env.manual().RunAll();
  CHECK(env.List(shared.a, "Dataplane").empty());
  REQUIRE(env.RunUntil([&] {
    env.manual().Advance(absl::Seconds(1));
    return env.server->counters().streams == 0;
  }));
  CHECK(EndOf(*up).error_code() == StatusCode::UNAUTHENTICATED);
  CHECK(env.List(shared.a, "Dataplane").empty());
}

TEST_CASE("calls that bring credentials of their own share a connection", "[kds]") {
  Shared shared;
  FakeZone::Options options = shared.ByHeader(shared.a);
  options.headers.emplace_back("via", "1.1 example");
  FakeZone one = shared.First(options);
  FakeZone two(one.channel(), shared.ByHeader(shared.b));
  auto one_up = one.Open(kUp), two_up = two.Open(kUp);
  auto one_down = one.Sync({"Mesh"}), two_down = two.Sync({"Mesh"});
  REQUIRE(one_down->Read().has_value());
  REQUIRE(two_down->Read().has_value());
  REQUIRE(two_up->Write(Tell("Dataplane", "1", {MakeDataplane("dp-1")})));
  CHECK(shared.env.Eventually([&] { return shared.env.List(shared.b, "Dataplane").size() == 1; }));
  CHECK(shared.env.List(shared.a, "Dataplane").empty());
  // One that brings none cannot be told whose it is.
  FakeZone three(one.channel(), shared.Bound(shared.a, "zone-3"));
  auto three_up = three.Open(kUp);
  CHECK(EndOf(*three_up).error_code() == StatusCode::PERMISSION_DENIED);
}

TEST_CASE("where only headers count, nothing else lets a zone in", "[kds]") {
  Shared shared(KdsEnv::Time::kReal,
                [](KdsOptions& options) { options.header_credentials_only = true; });
  FakeZone bound = shared.First(shared.Bound(shared.a));
  const grpc::Status refused = bound.Sync({"Mesh"})->End();
  CHECK(refused.error_code() == StatusCode::UNAUTHENTICATED);
  CHECK(refused.error_message().find("kds_header_credentials_only") != std::string::npos);
  FakeZone by_header = shared.First(shared.ByHeader(shared.b));
  CHECK(by_header.Sync({"Mesh"})->Read().has_value());
}
