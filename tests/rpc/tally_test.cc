// SPDX-License-Identifier: Apache-2.0
#include "skyden/rpc/tally.h"

#include <catch2/catch.hpp>

#include "tests/rpc/raw_h2.h"
#include "tests/rpc/rpc_server.h"

namespace skyden::rpc {
namespace {

uint64_t Offences(const Tally& tally, std::string_view kind) {
  for (size_t i = 0; i < Tally::kOffences.size(); ++i) {
    if (Tally::kOffences[i] == kind) return tally.offences[i].value();
  }
  return 0;
}

TEST_CASE("connections, calls and bytes are counted", "[rpc][tally]") {
  TestServer server;
  const Tally& tally = server.server->tally();
  {
    RawH2 client(server.address());
    REQUIRE(client.ReadUntil(kSettings).has_value());
    const uint64_t before = tally.received_bytes.value();
    const std::string call = BeginCall(1, "/test/Echo") +
                             Encode(kData, kEndStream, 1, GrpcMessage(std::string(1'000, 'x')));
    REQUIRE(client.Send(call));
    REQUIRE(client.ReadUntil(kData).has_value());
    CHECK(tally.received_bytes.value() >= before + call.size());
  }
  CHECK(server.Await([](const auto& c) { return c.connections == 0; }));
  CHECK(tally.sent_bytes.value() > 1'000);  // it counts them when it has sent them
  CHECK(tally.connections.value() == 1);
  CHECK(tally.calls.value() == 1);
  CHECK(tally.refused_crowded.value() == 0);
  CHECK(tally.handshakes_failed.value() == 0);
  CHECK(tally.resets_by_client.value() == 0);
}

TEST_CASE("a stream that a client breaks off is counted as its doing", "[rpc][tally]") {
  TestServer server;
  const Tally& tally = server.server->tally();
  {
    RawH2 client(server.address());
    REQUIRE(client.Send(BeginCall(1, "/test/Hold")));
    REQUIRE(server.record.Await("call"));
    REQUIRE(client.Send(Encode(kResetStream, 0, 1, Number(8))));
    REQUIRE(server.record.Await("gone"));
  }
  CHECK(tally.resets_by_client.value() == 1);
  CHECK(tally.resets_by_server.value() == 0);
}

TEST_CASE("connections that are refused are counted with the reason", "[rpc][tally]") {
  TestServer server({.connections_max = 1});
  RawH2 first(server.address());
  REQUIRE(first.ReadUntil(kSettings).has_value());
  RawH2 second(server.address());
  CHECK(second.IsHungUp());
  CHECK(server.server->tally().refused_crowded.value() == 1);
  CHECK(server.server->tally().connections.value() == 1);
}

TEST_CASE("abuse is counted by its kind", "[rpc][tally]") {
  TestServer server;
  RawH2 client(server.address());
  bool open = true;
  for (int i = 0; i < 200'000 && open; ++i) open = client.Send(Encode(kPriority, 0, 1, "12345"));
  REQUIRE(client.GoAway().has_value());
  CHECK(Offences(server.server->tally(), "frames") == 1);
}

TEST_CASE("every complaint has a kind", "[rpc][tally]") {
  Tally tally;
  for (const char* what :
       {"too many calls", "too many calls reset", "too many calls broken",
        "too many frames that carry nothing", "too many frames that want an answer",
        "too many pieces of a header block", "a header block that is far too large",
        "answers that are not taken", "strangers hold too many bytes, this one most"}) {
    tally.OffenceOf(what).Add();
  }
  CHECK(Offences(tally, "calls") == 3);
  CHECK(Offences(tally, "frames") == 2);
  CHECK(Offences(tally, "headers") == 2);
  CHECK(Offences(tally, "bytes") == 2);
  CHECK(Offences(tally, "other") == 0);
  tally.OffenceOf("something new").Add();
  CHECK(Offences(tally, "other") == 1);
}

}  // namespace
}  // namespace skyden::rpc
