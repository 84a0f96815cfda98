// SPDX-License-Identifier: Apache-2.0
// What strangers try, frame by frame. Every abuse ends its connection with a reason, and leaves the
// next client served.
#include "skyden/base/limits.h"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/rpc/grpc_client.h"
#include "tests/rpc/raw_h2.h"
#include "tests/rpc/rpc_server.h"
#include "tests/self_signed.h"
#include "tests/skip.h"
#include "tests/temp_dir.h"

namespace skyden::rpc {
namespace {

namespace limits = base::limits;

// Sends `piece` until the server ends the connection; the text it gives for that.
std::string EndedBy(TestServer& server, const std::string& opening, const std::string& piece,
                    int times = 200'000) {
  RawH2 client(server.address());
  bool open = client.Send(opening);
  for (int i = 0; i < times && open; ++i) open = client.Send(piece);
  const auto goodbye = client.GoAway();
  if (!goodbye.has_value()) return "no goodbye";
  CHECK(goodbye->first == kEnhanceYourCalm);
  return goodbye->second;
}

void CheckServes(TestServer& server, bool ended_for_abuse = true) {
  CHECK(server.Await([](const auto& c) { return c.connections == 0 && c.calls == 0; }));
  if (ended_for_abuse) CHECK(server.server->counters().ended_for_abuse > 0);
  CHECK(server.server->counters().stranger_bytes == 0);
  CHECK(Ask(ChannelTo(server.address()), "/test/Echo", "still there").ok());
}

TEST_CASE("calls that are begun and reset at once end the connection", "[rpc][limits]") {
  TestServer server;
  server.trusting = GENERATE(false, true);
  RawH2 client(server.address());
  bool open = true;
  uint32_t stream_id = 1;
  for (; open && stream_id < 2'000'000; stream_id += 2) {
    open = client.Send(BeginCall(stream_id, "/test/Hold") +
                       Encode(kResetStream, 0, stream_id, Number(8)));
  }
  const auto goodbye = client.GoAway();
  if (goodbye.has_value()) CHECK(goodbye->first == kEnhanceYourCalm);
  CHECK_FALSE(open);
  CHECK(server.record.Count("call") <= 50 + (server.trusting ? 5000u : 0u));
  CheckServes(server);
}

TEST_CASE("calls that we have to reset count as resets", "[rpc][limits]") {
  TestServer server;
  server.trusting = false;
  RawH2 client(server.address());
  bool open = true;
  // A window that grows by nothing is the client's mistake, and ours to reset.
  for (uint32_t stream_id = 1; open && stream_id < 100'000; stream_id += 2) {
    open = client.Send(BeginCall(stream_id, "/test/Hold") +
                       Encode(kWindowUpdate, 0, stream_id, Number(0)));
  }
  const auto goodbye = client.GoAway();
  CHECK_FALSE(open);
  CHECK(server.record.Count("call") < 100);
  // On a call that is reset already it is a mistake of the whole connection.
  CheckServes(server, goodbye.has_value() && goodbye->first == kEnhanceYourCalm);
}

TEST_CASE("frames that carry nothing end the connection", "[rpc][limits]") {
  TestServer server;
  const std::string call = BeginCall(1, "/test/Hold");
  const auto piece = GENERATE_COPY(values<std::string>({
      Encode(kPing, 0, 0, "12345678"),
      Encode(kSettings, 0, 0),
      Encode(kData, 0, 1),
      Encode(kData, kPadded, 1, std::string(1, '\0')),
      Encode(kWindowUpdate, 0, 0, Number(1)),
      Encode(kPriority, 0, 1, std::string(5, '\1')),
      Encode(0xee, 0, 0, "unknown"),
  }));
  std::string pieces;
  for (int i = 0; i < 50; ++i) pieces += piece;
  CHECK(EndedBy(server, call, pieces).find("frames that") != std::string::npos);
  CheckServes(server);
}

TEST_CASE("a header block in endless pieces ends the connection", "[rpc][limits]") {
  TestServer server;
  const std::string begin = Encode(kHeaders, 0, 1, HeaderBlock(CallHeaders("/test/Hold")));
  const std::string piece =
      Encode(kContinuation, 0, 1, HeaderBlock({{"x-more", std::string(1000, 'x')}}));
  CHECK(EndedBy(server, begin, piece) == "too many pieces of a header block");
  CHECK(server.record.Count("call") == 0);
  CheckServes(server);
}

TEST_CASE("a header block that says the same thing thousands of times ends the connection",
          "[rpc][limits]") {
  TestServer server;
  // One entry goes into the table, and is then named by a byte at a time.
  std::string block = HeaderBlock(CallHeaders("/test/Hold"));
  block += '\x40';  // literal, to be remembered
  block += std::string("\6x-bomb") + "\x7f\x81\x1e" + std::string(4000, 'x');
  block += std::string(4000, '\xbe');
  CHECK(EndedBy(server, "", Encode(kHeaders, kEndHeaders, 1, block), 1) ==
        "a header block that is far too large");
  CheckServes(server);
}

TEST_CASE("a padded HPACK integer is refused, not read for ever", "[rpc][limits]") {
  TestServer server;
  RawH2 client(server.address());
  const std::string block = "\x7f" + std::string(8000, '\x80') + "\1";
  client.Send(Encode(kHeaders, kEndHeaders, 1, block));
  CHECK(client.IsHungUp());
  CHECK(server.record.Count("call") == 0);
}

TEST_CASE("a call whose head is too large is refused, and the connection goes on",
          "[rpc][limits]") {
  TestServer server;
  RawH2 client(server.address());
  auto headers = CallHeaders("/test/Hold");
  headers.emplace_back("x-large", std::string(limits::kRpcHeaderBytes, 'x'));
  const std::string block = HeaderBlock(headers);
  REQUIRE(client.Send(Encode(kHeaders, 0, 1, block.substr(0, 10'000)) +
                      Encode(kContinuation, kEndHeaders, 1, block.substr(10'000))));
  const auto refusal = client.ReadUntil(kHeaders);
  REQUIRE(refusal.has_value());
  CHECK((refusal->flags & kEndStream) != 0);
  CHECK(DecodeHeaders(refusal->payload).find("too large") != std::string::npos);
  headers = CallHeaders("/test/Hold");
  for (size_t i = 0; i < limits::kRpcHeaders; ++i) headers.emplace_back("a", "");
  REQUIRE(client.Send(Encode(kHeaders, kEndHeaders, 3, HeaderBlock(headers))));
  const auto second = client.ReadUntil(kHeaders);
  REQUIRE(second.has_value());
  CHECK(second->stream_id == 3);
  CHECK(server.record.Count("call") == 0);
  REQUIRE(client.Send(BeginCall(5, "/test/Hold")));
  CHECK(server.record.Await("held"));
}

TEST_CASE("a stranger may open few calls at a time", "[rpc][limits]") {
  TestServer server;
  server.trusting = false;
  RawH2 client(server.address());
  for (uint32_t i = 0; i < 2 * limits::kRpcStrangerCalls; ++i) {
    REQUIRE(client.Send(BeginCall(2 * i + 1, "/test/Hold")));
  }
  const auto refused = client.ReadUntil(kResetStream);
  REQUIRE(refused.has_value());
  CHECK(refused->stream_id == 2 * limits::kRpcStrangerCalls + 1);
  CHECK(refused->payload == Number(7));  // REFUSED_STREAM: it may be tried again
  CHECK(server.record.Count("call") == limits::kRpcStrangerCalls);
}

TEST_CASE("a stranger may open few calls a second", "[rpc][limits]") {
  TestServer server;
  server.trusting = false;
  RawH2 client(server.address());
  bool open = true;
  for (uint32_t stream_id = 1; open && stream_id < 200'000; stream_id += 2) {
    open = client.Send(BeginCall(stream_id, "/test/Refuse"));
  }
  const auto goodbye = client.GoAway();
  if (goodbye.has_value()) CHECK(goodbye->second == "too many calls");
  CHECK_FALSE(open);
  CHECK(server.record.Count("call") < 200);
  CheckServes(server);
}

TEST_CASE("a trusted client may make calls that end as fast as it likes", "[rpc][limits]") {
  TestServer server;
  RawH2 client(server.address());
  constexpr uint32_t kCalls = 3 * 4096;
  for (uint32_t i = 0; i < kCalls; ++i) {
    const uint32_t stream_id = 2 * i + 1;
    REQUIRE(client.Send(BeginCall(stream_id, "/test/Trust") +
                        Encode(kData, kEndStream, stream_id, GrpcMessage("x"))));
    auto end = client.ReadUntil(kHeaders);
    REQUIRE(end.has_value());
    REQUIRE(end->stream_id == stream_id);
  }
  CHECK(server.record.Count("call") == kCalls);
}

TEST_CASE("what a stranger sends stays in its window", "[rpc][limits]") {
  TestServer server;
  server.trusting = false;
  RawH2 client(server.address());
  REQUIRE(client.Send(BeginCall(1, "/test/Hold") + BeginCall(3, "/test/Hold")));
  REQUIRE(server.record.Await("held", 2));
  // All that the window of the connection has, on two calls.
  const std::string message = GrpcMessage(std::string(30'000, 'x'));
  for (const uint32_t stream_id : {1u, 3u}) {
    REQUIRE(client.Send(Encode(kData, 0, stream_id, message.substr(0, 16'000)) +
                        Encode(kData, 0, stream_id, message.substr(16'000))));
  }
  CHECK(server.Await([](const auto& c) { return c.stranger_bytes == 2 * 30'005; }));
  // More than it has breaks HTTP/2's rules.
  REQUIRE(client.Send(Encode(kData, 0, 3, std::string(16'000, 'x'))));
  CHECK(client.IsHungUp());
  CHECK(server.Await([](const auto& c) { return c.stranger_bytes == 0 && c.connections == 0; }));
}

TEST_CASE("a message for which a stranger has no room is refused, not awaited for ever",
          "[rpc][limits]") {
  TestServer server;
  server.trusting = false;
  RawH2 client(server.address());
  const std::string message = GrpcMessage(std::string(100'000, 'x'));
  REQUIRE(client.Send(BeginCall(1, "/test/Echo") + Encode(kData, 0, 1, message.substr(0, 1000))));
  const auto refusal = client.ReadUntil(kHeaders);
  REQUIRE(refusal.has_value());
  CHECK((refusal->flags & kEndStream) != 0);
  CHECK(DecodeHeaders(refusal->payload).find("sign in with a smaller one first") !=
        std::string::npos);
  CHECK(server.record.Count("message") == 0);
}

TEST_CASE("a claim of four gigabytes is refused before a byte of it is kept", "[rpc][limits]") {
  TestServer server({.message_bytes_max = 1000});
  RawH2 client(server.address());
  REQUIRE(client.Send(BeginCall(1, "/test/Echo") +
                      Encode(kData, 0, 1, std::string("\0\xff\xff\xff\xff", 5))));
  const auto end = client.ReadUntil(kHeaders);
  REQUIRE(end.has_value());
  CHECK((end->flags & kEndStream) != 0);
  CHECK(DecodeHeaders(end->payload).find("4294967295") != std::string::npos);
  CHECK(server.record.Await("gone"));
}

TEST_CASE("a compressed message without a word of how is refused", "[rpc][limits]") {
  TestServer server;
  RawH2 client(server.address());
  const uint8_t flag = GENERATE(as<uint8_t>(), 1, 2, 0xff);
  REQUIRE(client.Send(BeginCall(1, "/test/Echo") + Encode(kData, 0, 1, GrpcMessage("x", flag))));
  const auto end = client.ReadUntil(kHeaders);
  REQUIRE(end.has_value());
  CHECK((end->flags & kEndStream) != 0);
  CHECK(server.record.Await("gone"));
  CHECK(server.record.Count("message") == 0);
}

TEST_CASE("a client that breaks off inside a message hears of it", "[rpc][limits]") {
  TestServer server;
  RawH2 client(server.address());
  const std::string part = GrpcMessage("whole").substr(0, 7);
  REQUIRE(client.Send(BeginCall(1, "/test/Echo") + Encode(kData, kEndStream, 1, part)));
  const auto end = client.ReadUntil(kHeaders);
  REQUIRE(end.has_value());
  CHECK(DecodeHeaders(end->payload).find("not complete") != std::string::npos);
  CHECK(server.record.Await("gone"));
  CHECK(server.record.Count("done") == 0);
}

TEST_CASE("what is no gRPC is answered as HTTP", "[rpc][limits]") {
  TestServer server;
  const auto [index, value, status] = GENERATE(table<size_t, std::string, std::string>({
      {0, "GET", "405"},
      {5, "application/json", "415"},
      {5, "application/grpcx", "415"},
  }));
  RawH2 client(server.address());
  auto headers = CallHeaders("/test/Echo");
  headers[index].second = value;
  REQUIRE(client.Send(Encode(kHeaders, kEndHeaders | kEndStream, 1, HeaderBlock(headers))));
  const auto answer = client.ReadUntil(kHeaders);
  REQUIRE(answer.has_value());
  CHECK(DecodeHeaders(answer->payload).find(":status: " + status) != std::string::npos);
  CHECK(server.record.Count("call") == 0);
}

TEST_CASE("what is no HTTP/2 is hung up on", "[rpc][limits]") {
  TestServer server;
  const std::string hello =
      GENERATE(as<std::string>(), "GET / HTTP/1.1\r\nhost: a\r\n\r\n", "\x16\x03\x01\x02",
               "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nxxxxxxxxx");
  RawH2 client(server.address(), hello + std::string(24, 'x'));
  CHECK(client.IsHungUp());
  CHECK(server.Await([](const auto& c) { return c.connections == 0; }));
}

TEST_CASE("a client that asks and never reads is ended", "[rpc][limits]") {
  TestServer server;
  RawH2 client(server.address());
  // Answers fill the socket, then what may wait for it.
  std::string pings;
  for (int i = 0; i < 100; ++i) pings += Encode(kPing, 0, 0, "12345678");
  bool open = true;
  for (int i = 0; i < 10'000 && open; ++i) open = client.Send(pings);
  CHECK_FALSE(open);
  CHECK(client.IsHungUp());
  CheckServes(server);
}

TEST_CASE("an address may have so many connections", "[rpc][limits]") {
  const std::string address = GENERATE(as<std::string>(), "127.0.0.1:0", "[::1]:0");
  TestServer server({.address = address, .connections_per_address_max = 3});
  std::vector<std::unique_ptr<RawH2>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawH2>(server.address()));
    REQUIRE(clients.back()->ReadUntil(kSettings).has_value());
  }
  RawH2 fourth(server.address());
  CHECK(fourth.IsHungUp());
  CHECK(server.server->counters().refused == 1);
  clients.pop_back();
  CHECK(server.Await([](const auto& c) { return c.connections == 2; }));
  RawH2 fifth(server.address());
  CHECK(fifth.ReadUntil(kSettings).has_value());
}

TEST_CASE("without TLS an address may begin connections as fast as it likes", "[rpc][limits]") {
  TestServer server({.arrivals = {1, 0.001}});
  for (int i = 0; i < 3; ++i) {
    RawH2 client(server.address());
    REQUIRE(client.ReadUntil(kSettings).has_value());
  }
  CHECK(server.server->counters().refused == 0);
}

TEST_CASE("all together may have so many connections", "[rpc][limits]") {
  TestServer server({.connections_max = 1});
  RawH2 first(server.address());
  REQUIRE(first.Send(BeginCall(1, "/test/Hold")));  // as a stranger it would make room
  REQUIRE(server.Await([](const auto& c) { return c.calls == 1 && c.strangers == 0; }));
  RawH2 second(server.address());
  CHECK(second.IsHungUp());
}

TEST_CASE("whoever never signs in does not keep others out", "[rpc][limits]") {
  // Two places are kept free of strangers.
  TestServer server({.connections_max = 32, .first_call_time = absl::InfiniteDuration()});
  RawH2 known(server.address());
  REQUIRE(known.Send(BeginCall(1, "/test/Hold")));
  REQUIRE(server.Await([](const auto& c) { return c.calls == 1 && c.strangers == 0; }));
  std::vector<std::unique_ptr<RawH2>> strangers;
  while (strangers.size() < 29) {
    strangers.push_back(std::make_unique<RawH2>(server.address()));
    REQUIRE(server.Await([&](const auto& c) { return c.strangers == strangers.size(); }));
  }
  RawH2 late(server.address());
  CHECK(late.ReadUntil(kSettings).has_value());
  CHECK(strangers.front()->IsHungUp());  // the oldest
  CHECK(strangers.back()->Send(Encode(kPing, 0, 0, "12345678")));
  CHECK(strangers.back()->ReadUntil(kPing).has_value());
  REQUIRE(known.Send(Encode(kPing, 0, 0, "12345678")));
  CHECK(known.ReadUntil(kPing).has_value());
}

TEST_CASE("who says nothing is asked to leave", "[rpc][limits]") {
  TestServer server({.first_call_time = absl::Milliseconds(100)});
  RawH2 client(server.address());
  const auto goodbye = client.GoAway();
  REQUIRE(goodbye.has_value());
  CHECK(goodbye->second == "no call came in time");
}

TEST_CASE("who does not finish its handshake is hung up on", "[rpc][limits]") {
  const TempDir directory;
  REQUIRE(MakeSelfSigned("IP:127.0.0.1", directory / "crt", directory / "key"));
  TestServer server({.tls = TlsOptions{directory / "crt", directory / "key"},
                     .handshake_time = absl::Milliseconds(100)});
  RawH2 client(server.address(), "\x16\x03");  // as TLS begins
  CHECK(client.IsHungUp());
  CHECK(server.Await([](const auto& c) { return c.connections == 0; }));
}

TEST_CASE("who is silent is asked for a sign of life, and stays", "[rpc][limits]") {
  TestServer server({.silence = absl::Seconds(60), .ping_time = absl::Milliseconds(100)});
  RawH2 client(server.address());
  REQUIRE(client.Send(BeginCall(1, "/test/Hold")));
  for (int i = 0; i < 3; ++i) {
    const auto ping = client.ReadUntil(kPing);
    REQUIRE(ping.has_value());
    CHECK(ping->flags == 0);
    REQUIRE(client.Send(Encode(kPing, kAck, 0, ping->payload)));
  }
  CHECK(server.server->counters().calls == 1);
}

TEST_CASE("a header block that is endless in few pieces ends the connection", "[rpc][limits]") {
  TestServer server;
  const std::string begin = Encode(kHeaders, 0, 1, HeaderBlock(CallHeaders("/test/Hold")));
  const std::string piece = Encode(kContinuation, 0, 1, std::string(16'000, '\x82'));
  CHECK(EndedBy(server, begin, piece) == "a header block that is far too large");
  CheckServes(server);
}

// 64 KiB of each are no bound when there are thousands.
TEST_CASE("strangers together may hold so much", "[rpc][limits]") {
  constexpr size_t kEach = 60'005;
  constexpr size_t kClients = limits::kRpcStrangerBytes / kEach + 10;
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < 2 * kClients + 100) {
    Skip("fewer file descriptors are allowed than are tried (ulimit -Hn)");
    return;
  }
  TestServer server({.connections_per_address_max = 2 * kClients});
  server.trusting = false;
  std::string message = GrpcMessage(std::string(kEach - 5, 'x'));
  std::string call = BeginCall(1, "/test/Hold");
  for (size_t at = 0; at < message.size(); at += 16'000) {
    call += Encode(kData, 0, 1, std::string_view(message).substr(at, 16'000));
  }
  std::vector<std::unique_ptr<RawH2>> clients;
  for (size_t i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<RawH2>(server.address()));
    REQUIRE(clients.back()->Send(call));
  }
  CHECK(server.record.Await("held", kClients));
  INFO(server.server->counters().stranger_bytes << " " << server.server->counters().calls);
  CHECK(server.Await([](const auto& c) {
    return c.ended_for_abuse > 0 && c.stranger_bytes <= limits::kRpcStrangerBytes;
  }));
  CHECK(server.Await([](const auto& c) { return c.calls > kClients - 50 && c.calls < kClients; }));
}

TEST_CASE("who does not sign in is asked to leave", "[rpc][limits]") {
  TestServer server({.trust_time = absl::Milliseconds(100)});
  server.trusting = false;
  RawH2 client(server.address());
  REQUIRE(client.Send(BeginCall(1, "/test/Hold")));
  const auto goodbye = client.GoAway();
  REQUIRE(goodbye.has_value());
  CHECK(goodbye->second == "nobody signed in in time");
  CHECK(server.record.Await("gone"));
}

TEST_CASE("a connection without calls ends after a while", "[rpc][limits]") {
  TestServer server({.idle_time = absl::Milliseconds(100)});
  RawH2 client(server.address());
  REQUIRE(client.Send(BeginCall(1, "/test/Refuse")));
  CHECK(client.GoAway().has_value());
}

TEST_CASE("a connection on which nothing moves is hung up on", "[rpc][limits]") {
  TestServer server({.silence = absl::Milliseconds(200)});
  RawH2 client(server.address());
  REQUIRE(client.Send(BeginCall(1, "/test/Hold")));
  CHECK(server.record.Await("gone"));
  CHECK(client.IsHungUp());
}

}  // namespace
}  // namespace skyden::rpc
