// SPDX-License-Identifier: Apache-2.0
// What zones may send that they should not.
#include <unistd.h>
#include <zlib.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "kds/wire.h"
#include "skyden/base/limits.h"
#include "skyden/store/tenant_tx.h"
#include "tests/kds/kds_env.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

using grpc::StatusCode;

// `count` megabytes of nothing.
std::string Bomb(int megabytes) {
  z_stream z{};
  REQUIRE(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  const std::string zeros(1 << 20, '\0');
  std::string out(8192, '\0');
  std::string bomb;
  for (int i = 0; i <= megabytes; ++i) {
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zeros.data()));
    z.avail_in = i == megabytes ? 0 : static_cast<uInt>(zeros.size());
    int result = Z_OK;
    do {
      z.next_out = reinterpret_cast<Bytef*>(out.data());
      z.avail_out = static_cast<uInt>(out.size());
      result = deflate(&z, i == megabytes ? Z_FINISH : Z_NO_FLUSH);
      bomb.append(out.data(), out.size() - z.avail_out);
    } while (z.avail_out == 0 && result != Z_STREAM_END);
  }
  deflateEnd(&z);
  return bomb;
}

size_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  size_t pages = 0, resident = 0;
  statm >> pages >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

struct Connected {
  Connected(KdsEnv& env, const model::TenantScope& scope)
      : Connected(env, {.user_info = env.UserInfo(scope, "zone-1")}) {}
  Connected(KdsEnv& env, const FakeZone::Options& options)
      : zone(env.Zone(options)), down(zone.Sync({"Mesh"})), up(zone.Open(kUp)) {
    REQUIRE(down->Read().has_value());
    REQUIRE(up->Read().has_value());
  }
  // The error of the NACK for `nonce`; empty for an ACK.
  std::string Confirmed(const std::string& nonce) {
    while (true) {
      const auto bytes = up->Read();
      REQUIRE(bytes.has_value());
      const auto request = ScanDeltaRequest(*bytes).value();
      if (request.response_nonce == nonce) return std::string(request.error_message);
    }
  }
  StatusCode UpEnds() {
    while (up->Read().has_value()) {
    }
    return up->End().error_code();
  }

  FakeZone zone;
  std::unique_ptr<FakeStream> down;
  std::unique_ptr<FakeStream> up;
};

}  // namespace

TEST_CASE("a resource that does not decode is refused by name, and the rest is stored", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  Connected connected(env, scope);
  Told broken = MakeDataplane("broken");
  broken.spec = "\xff\xff\xff";
  Told nameless = MakeDataplane("");
  Told slashed = MakeDataplane("a/b");
  Told wrong_mesh = MakeDataplane("dp-x", "a.b");
  REQUIRE(connected.up->Write(
      Tell("Dataplane", "1", {broken, MakeDataplane("good"), nameless, slashed, wrong_mesh})));
  const std::string error = connected.Confirmed("1");
  CHECK(error.find("\"broken\"") != std::string::npos);
  CHECK(error.find("\"a/b\"") != std::string::npos);
  CHECK(error.find("\"dp-x\"") != std::string::npos);
  CHECK(error.find("\"good\"") == std::string::npos);
  CHECK(env.List(scope, "Dataplane").size() == 1);
}

TEST_CASE("a refused resource keeps what was stored of it", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  const FakeZone::Options options{.user_info = env.UserInfo(scope, "zone-1")};
  {
    Connected connected(env, options);
    REQUIRE(connected.up->Write(Tell("Dataplane", "1", {MakeDataplane("dp-1")})));
    CHECK(connected.Confirmed("1").empty());
  }
  Connected again(env, options);
  Told broken = MakeDataplane("dp-1");
  broken.spec = "\xff\xff\xff";
  REQUIRE(again.up->Write(Tell("Dataplane", "1", {broken})));
  CHECK_FALSE(again.Confirmed("1").empty());
  CHECK(env.Find(scope, "Dataplane", "default", "dp-1").has_value());
}

TEST_CASE("the text of a refusal is cut", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  Connected connected(env, scope);
  std::vector<Told> many;
  for (int i = 0; i < 200; ++i) {
    many.push_back(MakeDataplane("broken-" + std::to_string(i)));
    many.back().spec = "\xff\xff\xff";
  }
  REQUIRE(connected.up->Write(Tell("Dataplane", "1", many)));
  const std::string error = connected.Confirmed("1");
  CHECK(error.size() <= base::limits::kNackTextBytes);
  CHECK(error.size() > base::limits::kNackTextBytes / 2);
}

TEST_CASE("a message that inflates beyond all bounds costs little and ends its stream", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  const std::string bomb = Bomb(400);
  REQUIRE(bomb.size() < 512u << 10);
  const FakeZone::Options options{.user_info = env.UserInfo(scope, "zone-1")};
  SECTION("on the stream that goes up") {
    Connected connected(env, options);
    const size_t before = ResidentBytes();
    REQUIRE(connected.up->WriteGzip(bomb));
    CHECK(connected.UpEnds() == StatusCode::RESOURCE_EXHAUSTED);
    CHECK(ResidentBytes() < before + (64u << 20));
  }
  SECTION("on the stream that goes down") {
    Connected connected(env, options);
    const size_t before = ResidentBytes();
    REQUIRE(connected.down->WriteGzip(bomb));
    CHECK(connected.down->End().error_code() == StatusCode::RESOURCE_EXHAUSTED);
    CHECK(ResidentBytes() < before + (64u << 20));
  }
  SECTION("before anybody signed in") {
    FakeZone zone = env.Zone({});
    const size_t before = ResidentBytes();
    auto down = zone.Open(kDown);
    REQUIRE(down->WriteGzip(Bomb(1)));
    CHECK(down->End().error_code() == StatusCode::RESOURCE_EXHAUSTED);
    CHECK(ResidentBytes() < before + (64u << 20));
  }
}

TEST_CASE("a message over the limit ends its stream", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone::Options options;
  options.user_info = env.UserInfo(scope, "zone-1");
  options.gzip = false;
  FakeZone zone = env.Zone(options);
  auto down = zone.Sync({"Mesh"});
  REQUIRE(down->Read().has_value());
  down->Write(std::string((10u << 20) + 1, 'x'));
  CHECK(down->End().error_code() == StatusCode::RESOURCE_EXHAUSTED);
}

TEST_CASE("what is nested without end is refused", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  Connected connected(env, scope);
  SECTION("in JSON") {
    Told deep{"t1", "default", "", "", {}, ""};
    deep.spec = R"({"to":)" + std::string(10'000, '[') + std::string(10'000, ']') + "}";
    REQUIRE(connected.up->Write(Tell("MeshTimeout", "1", {deep})));
    CHECK(connected.UpEnds() == StatusCode::INVALID_ARGUMENT);
  }
  SECTION("in a protobuf message") {
    std::string deep;
    for (int i = 0; i < 10'000; ++i) {
      std::string outer;
      wire::AppendBytes(outer, 1, deep);
      deep = std::move(outer);
    }
    Told told = MakeDataplane("dp-1");
    told.spec = deep;
    REQUIRE(connected.up->Write(Tell("Dataplane", "1", {told})));
    CHECK(connected.UpEnds() == StatusCode::INVALID_ARGUMENT);
    CHECK(env.List(scope, "Dataplane").empty());
  }
  SECTION("in a status") {
    Told deep{"ms-1", "default", "{}", "", {}, ""};
    deep.status = R"({"a":)" + std::string(10'000, '[') + std::string(10'000, ']') + "}";
    REQUIRE(connected.up->Write(Tell("MeshService", "1", {deep})));
    CHECK(connected.UpEnds() == StatusCode::INVALID_ARGUMENT);
  }
}

TEST_CASE("bytes that are no message end their stream", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  Connected connected(env, scope);
  REQUIRE(connected.up->Write("\xff\xff\xff\xff"));
  CHECK(connected.UpEnds() == StatusCode::INVALID_ARGUMENT);
  REQUIRE(connected.down->Write("\x0b"));
  CHECK(connected.down->End().error_code() == StatusCode::INVALID_ARGUMENT);
}

TEST_CASE("types that nobody knows are ignored, and the stream lives", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  Connected connected(env, scope);
  REQUIRE(connected.down->Write(connected.zone.Subscribe("NoSuchType")));
  REQUIRE(connected.down->Write(connected.zone.Subscribe("Dataplane")));
  REQUIRE(connected.down->Write(connected.zone.Subscribe("MeshTrace")));
  CHECK(testing::Read(connected.down->Read().value()).type == "MeshTrace");
  REQUIRE(connected.up->Write(Tell("NoSuchType", "1", {MakeDataplane("x")})));
  REQUIRE(connected.up->Write(Tell("Secret", "2", {MakeDataplane("x")})));
  REQUIRE(connected.up->Write(Tell("Dataplane", "", {MakeDataplane("x")})));  // no nonce
  REQUIRE(connected.up->Write(Tell("Dataplane", "3", {})));
  CHECK(connected.Confirmed("3").empty());
  CHECK(env.List(scope, "Dataplane").empty());
}

TEST_CASE("a zone that does not read is ended, and the others are not slowed", "[kds]") {
  KdsEnv env(KdsEnv::Time::kManual);
  const auto scope = env.NewControlPlane();
  const std::string padding(100'000, 'x');
  for (int i = 0; i < 40; ++i) {  // more than gRPC takes off our hands
    const auto put = env.store->Write(scope, [&](store::WriteTx& tx) {
      auto resource = MakeResource("MeshTimeout", "default", "t" + std::to_string(i),
                                   R"({"targetRef":{"kind":"Mesh"},"pad":")" + padding + "\"}");
      return tx.PutResource(resource);
    });
    REQUIRE(put.ok());
  }
  FakeZone deaf = env.NewZone(scope, "zone-1");
  FakeZone other = env.NewZone(scope, "zone-2");
  auto deaf_down = deaf.Sync({"MeshTimeout"});
  REQUIRE(env.RunUntil([&] { return env.server->counters().bytes_in_flight > 0; }));
  CHECK(env.server->counters().bytes_in_flight < base::limits::kKdsBytesInFlight);

  auto other_down = other.Sync({"MeshTimeout"});
  std::optional<std::string> received;
  REQUIRE(env.RunUntil([&] {
    received = other_down->Read(absl::Milliseconds(10));
    return received.has_value();
  }));
  CHECK(testing::Read(*received).resources.size() == 42);

  env.manual().Advance(absl::Seconds(5));  // what gRPC took off our hands meanwhile was progress
  env.manual().Advance(base::limits::kKdsSendStall - absl::Seconds(6));
  CHECK(env.server->OnlineZones(scope).size() == 2);
  CHECK(env.server->counters().bytes_in_flight > 0);
  // Whenever it was that gRPC last took something off our hands, a minute after it is over. The
  // other zone says something all the time.
  const std::string ack = other.Ack("MeshTimeout", testing::Read(*received).nonce, "");
  for (int i = 0; i < 10 && env.server->OnlineZones(scope).size() == 2; ++i) {
    REQUIRE(other_down->Write(ack));
    env.manual().Advance(absl::Seconds(7));
  }
  REQUIRE(env.RunUntil([&] { return env.server->OnlineZones(scope).size() == 1; }));
  CHECK(env.server->OnlineZones(scope) == std::vector<std::string>{"zone-2"});
  CHECK(env.RunUntil([&] { return env.server->counters().bytes_in_flight == 0; }));
  while (deaf_down->Read().has_value()) {
  }
  CHECK_FALSE(deaf_down->End().ok());
}

TEST_CASE("a zone that asks without reading does not make us hold more for it", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");
  auto down = zone.Sync({"Mesh"});
  REQUIRE(down->Read().has_value());
  // Each of these deserves an answer. Those that wait are one, or nothing more is read.
  const std::string request = zone.Subscribe("Mesh");
  int asked = 0;
  while (asked < 20'000 && down->TryWrite(request, absl::Milliseconds(500))) ++asked;
  CHECK(env.server->counters().messages_out < 5'000);
  CHECK(env.server->counters().bytes_in_flight < 1u << 20);
  CHECK(env.server->OnlineZones(scope).size() == 1);
}

TEST_CASE("a zone that rejects everything is not sent the same again", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");
  auto down = zone.Sync({"Mesh"});
  const Received first = testing::Read(down->Read().value());
  REQUIRE(down->Write(zone.Ack("Mesh", first.nonce, std::string(100'000, 'e'))));
  CHECK_FALSE(down->Read(absl::Milliseconds(300)).has_value());
  CHECK(env.server->counters().nacks == 1);
}
