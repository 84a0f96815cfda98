// SPDX-License-Identifier: Apache-2.0
// How servers begin and end, and what happens to calls and handles meanwhile.
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/rpc/grpc_client.h"
#include "tests/rpc/raw_h2.h"
#include "tests/rpc/rpc_server.h"

namespace skyden::rpc {
namespace {

TEST_CASE("a server that goes away ends its calls, and their handles do nothing", "[rpc]") {
  auto server = std::make_unique<TestServer>();
  std::vector<std::unique_ptr<RawH2>> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(std::make_unique<RawH2>(server->address()));
    REQUIRE(clients.back()->Send(BeginCall(1, "/test/Hold") + BeginCall(3, "/test/Hold")));
  }
  REQUIRE(server->record.Await("held", 10));
  const auto call = server->held();
  const auto connections = server->server->Connections();
  REQUIRE(connections.size() == 5);
  server->server = nullptr;
  CHECK(server->record.Count("gone") == 10);
  call->Send({Slice::Of("late")});
  call->Read(1);
  call->Finish(absl::OkStatus());
  connections.front()->End(absl::OkStatus());
  CHECK(connections.front()->traffic().taken == 0);
  server = nullptr;
  // Even when there is no loop any more.
  call->Abort(absl::InternalError("late"));
  connections.front()->Trust();
  CHECK(clients.front()->IsHungUp());
}

TEST_CASE("draining lets calls end, refuses new ones and then hangs up", "[rpc]") {
  TestServer server;
  RawH2 client(server.address());
  REQUIRE(client.Send(BeginCall(1, "/test/Hold")));
  REQUIRE(server.record.Await("held"));
  std::thread drain([&] { server.server->Drain(absl::Seconds(20)); });
  const auto notice = client.ReadUntil(kGoAway);
  REQUIRE(notice.has_value());
  REQUIRE(client.Send(BeginCall(3, "/test/Echo")));
  const auto refusal = client.ReadUntil(kHeaders);
  REQUIRE(refusal.has_value());
  CHECK(DecodeHeaders(refusal->payload).find("grpc-status: 14") != std::string::npos);
  server.held()->Finish(absl::OkStatus());
  const auto end = client.ReadUntil(kHeaders);
  REQUIRE(end.has_value());
  CHECK(end->stream_id == 1);
  CHECK(client.GoAway().has_value());
  drain.join();
  CHECK(server.server->counters().calls == 0);
  RawH2 late(server.address());
  CHECK(late.IsHungUp());
}

TEST_CASE("draining ends what does not end by itself", "[rpc]") {
  TestServer server;
  RawH2 client(server.address());
  REQUIRE(client.Send(BeginCall(1, "/test/Hold")));
  REQUIRE(server.record.Await("held"));
  server.server->Drain(absl::ZeroDuration());
  const auto end = client.ReadUntil(kHeaders);
  REQUIRE(end.has_value());
  CHECK(DecodeHeaders(end->payload).find("grpc-status: 14") != std::string::npos);
  CHECK(server.record.Await("gone"));
}

TEST_CASE("a connection can be ended with a reason for all its calls", "[rpc]") {
  TestServer server;
  RawH2 client(server.address());
  REQUIRE(client.Send(BeginCall(1, "/test/Hold") + BeginCall(3, "/test/Hold")));
  REQUIRE(server.record.Await("held", 2));
  const auto connection = server.server->Connections().at(0);
  CHECK(connection->peer_ip() == "127.0.0.1");
  CHECK(connection->peer().find("127.0.0.1:") == 0);
  CHECK_FALSE(connection->tls());
  CHECK(connection->traffic().received > 0);
  connection->End(absl::UnauthenticatedError("two identities on one connection"));
  for (int i = 0; i < 2; ++i) {
    const auto end = client.ReadUntil(kHeaders);
    REQUIRE(end.has_value());
    CHECK(DecodeHeaders(end->payload).find("grpc-status: 16") != std::string::npos);
  }
  const auto goodbye = client.GoAway();
  REQUIRE(goodbye.has_value());
  CHECK(goodbye->second == "two identities on one connection");
  CHECK(server.record.Count("gone") == 2);
}

TEST_CASE("an address that cannot be had is an error with a reason", "[rpc]") {
  TestServer server;
  Loops loops(1);
  const auto second = Listen(loops, {.address = server.address()}, nullptr);
  CHECK(second.status().code() == absl::StatusCode::kUnavailable);
  CHECK(Listen(loops, {.address = "nowhere"}, nullptr).status().code() ==
        absl::StatusCode::kInvalidArgument);
}

TEST_CASE("many threads may speak to one client at a time", "[rpc]") {
  TestServer server;
  GrpcCall call(ChannelTo(server.address()), "/test/Hold");
  REQUIRE(call.Start());
  REQUIRE(server.record.Await("held"));
  const auto held = server.held();
  const Slice shared = Slice::Of(std::string(10'000, 's'));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 250; ++i) held->Send({shared}, [&] { server.record.Add("written"); });
    });
  }
  for (auto& thread : threads) thread.join();
  for (int i = 0; i < 1000; ++i) REQUIRE(call.Read().value_or("").size() == 10'000);
  held->Finish(absl::OkStatus());
  CHECK(call.Finish().ok());
  CHECK(server.record.Await("written", 1000));
  CHECK(held->sent_bytes() == 1000 * 10'005);
}

}  // namespace
}  // namespace skyden::rpc
