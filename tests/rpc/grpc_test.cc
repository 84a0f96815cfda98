// SPDX-License-Identifier: Apache-2.0
// What a client of gRPC's own sees.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/rpc/grpc_client.h"
#include "tests/rpc/rpc_server.h"

namespace skyden::rpc {
namespace {

using grpc::StatusCode;

TEST_CASE("a message goes there and back, whatever its size", "[rpc]") {
  TestServer server;
  const auto channel = ChannelTo(server.address());
  for (const size_t size : {size_t{0}, size_t{1}, size_t{5}, size_t{16'384}, size_t{65'530},
                            size_t{65'531}, size_t{100'000}, size_t{1} << 20, size_t{10} << 20}) {
    std::string answer;
    const std::string message(size, 'm');
    const grpc::Status status = Ask(channel, "/test/Echo", message, &answer);
    INFO(size << ": " << status.error_message());
    CHECK(status.ok());
    CHECK(answer == message);
  }
  CHECK(server.record.Await("gone", 9));
  CHECK(server.record.Await("written", 9));
  CHECK(server.Await([](const auto& c) { return c.calls == 0; }));
}

TEST_CASE("many messages keep their order in both directions", "[rpc]") {
  TestServer server;
  GrpcCall call(ChannelTo(server.address()), "/test/Echo");
  REQUIRE(call.Start());
  for (int i = 0; i < 500; ++i) {
    const std::string message(static_cast<size_t>(i) * 37, static_cast<char>('a' + i % 26));
    REQUIRE(call.Write(message));
    REQUIRE(call.Read() == message);
  }
  REQUIRE(call.WritesDone());
  CHECK(call.Read() == std::nullopt);
  CHECK(call.Finish().ok());
  CHECK(server.record.Await("written", 500));
}

TEST_CASE("calls of one connection do not wait for each other", "[rpc]") {
  TestServer server;
  const auto channel = ChannelTo(server.address());
  // Once it is trusted: gRPC's C++ clients see that they may call more when a call ends.
  REQUIRE(Ask(channel, "/test/Echo", "").ok());
  std::vector<std::unique_ptr<GrpcCall>> calls;
  for (int i = 0; i < 50; ++i) {
    calls.push_back(std::make_unique<GrpcCall>(channel, "/test/Echo"));
    REQUIRE(calls.back()->Start());
  }
  for (auto& call : calls) REQUIRE(call->Write(std::string(50'000, 'x')));
  for (auto call = calls.rbegin(); call != calls.rend(); ++call) {
    CHECK((*call)->Read().value_or("").size() == 50'000);
  }
  CHECK(server.server->counters().connections == 1);
  CHECK(server.server->counters().calls == 50);
}

TEST_CASE("a refusal carries its code, its text and its trailers", "[rpc]") {
  TestServer server;
  const auto channel = ChannelTo(server.address());
  GrpcCall call(channel, "/test/Refuse");
  REQUIRE(call.Start());
  CHECK(call.Read() == std::nullopt);
  const grpc::Status status = call.Finish();
  CHECK(status.error_code() == StatusCode::PERMISSION_DENIED);
  CHECK(status.error_message() == "no: 100 % \u00fc\n");
  const auto& trailers = call.context().GetServerTrailingMetadata();
  REQUIRE(trailers.count("x-why") == 1);
  CHECK(trailers.find("x-why")->second == "because");
  CHECK(Ask(channel, "/test/Unknown", "x").error_code() == StatusCode::UNIMPLEMENTED);
}

TEST_CASE("metadata arrives, and is sent at the beginning and at the end", "[rpc]") {
  TestServer server;
  GrpcCall call(ChannelTo(server.address()), "/test/Metadata", [](grpc::ClientContext& context) {
    context.AddMetadata("x-one", "1");
    context.AddMetadata("x-two", std::string(2000, '2'));
  });
  REQUIRE(call.Start());
  CHECK(call.Read() == std::nullopt);
  CHECK(call.Finish().ok());
  for (const auto* metadata :
       {&call.context().GetServerInitialMetadata(), &call.context().GetServerTrailingMetadata()}) {
    // An answer without messages has one head only.
    if (metadata->empty()) continue;
    CHECK(metadata->count("x-one") >= 1);
    CHECK(metadata->find("x-two")->second.size() == 2000);
    CHECK(metadata->find("x-timed")->second == "yes");
  }
}

TEST_CASE("a client that cancels is gone at the server", "[rpc]") {
  TestServer server;
  const auto channel = ChannelTo(server.address());
  GrpcCall call(channel, "/test/Hold");
  REQUIRE(call.Start());
  REQUIRE(server.record.Await("held"));
  call.context().TryCancel();
  CHECK(server.record.Await("gone"));
  CHECK(call.Finish().error_code() == StatusCode::CANCELLED);
  // What is said to it now does nothing.
  server.held()->Send({Slice::Of("late")}, [&] { server.record.Add("late"); });
  server.held()->Finish(absl::OkStatus());
  CHECK(server.record.Await("late"));
}

TEST_CASE("the server may end a call while the client still talks", "[rpc]") {
  TestServer server;
  GrpcCall call(ChannelTo(server.address()), "/test/Hold");
  REQUIRE(call.Start());
  REQUIRE(call.Write("unread"));
  REQUIRE(server.record.Await("held"));
  server.held()->Send({Slice::Of("one"), Slice::Of("two")});
  server.held()->Finish(absl::AbortedError("enough"), {{"x-why", "enough"}});
  CHECK(call.Read() == "onetwo");
  CHECK(call.Read() == std::nullopt);
  const grpc::Status status = call.Finish();
  CHECK(status.error_code() == StatusCode::ABORTED);
  CHECK(status.error_message() == "enough");
  CHECK(server.record.Await("gone"));
  CHECK(server.record.Count("message") == 0);
}

TEST_CASE("an aborted call ends at once, whatever the client has not read", "[rpc]") {
  TestServer server;
  GrpcCall call(ChannelTo(server.address()), "/test/Hold");
  REQUIRE(call.Start());
  REQUIRE(server.record.Await("held"));
  // Far more than any window.
  server.held()->Send({Slice::Of(std::string(20u << 20, 'x'))},
                      [&] { server.record.Add("written"); });
  server.held()->Abort(absl::PermissionDeniedError("stop"));
  CHECK(server.record.Await("gone"));
  CHECK(server.record.Await("written"));
  CHECK_FALSE(call.Finish().ok());
}

TEST_CASE("half of a conversation can be over", "[rpc]") {
  TestServer server;
  GrpcCall call(ChannelTo(server.address()), "/test/Hold");
  REQUIRE(call.Start());
  REQUIRE(call.Write("a"));
  REQUIRE(call.WritesDone());
  REQUIRE(server.record.Await("held"));
  server.held()->Read(1);
  REQUIRE(server.record.Await("message"));
  REQUIRE(server.record.Await("done"));
  server.held()->Send({Slice::Of("still here")});
  CHECK(call.Read() == "still here");
  server.held()->Finish(absl::OkStatus());
  CHECK(call.Finish().ok());
}

TEST_CASE("the client's end comes after the messages that were not asked for yet", "[rpc]") {
  TestServer server;
  GrpcCall call(ChannelTo(server.address()), "/test/Hold");
  REQUIRE(call.Start());
  for (int i = 0; i < 3; ++i) REQUIRE(call.Write("message"));
  REQUIRE(call.WritesDone());
  REQUIRE(server.record.Await("held"));
  for (size_t i = 1; i <= 3; ++i) {
    CHECK(server.record.Count("done") == 0);
    server.held()->Read(1);
    REQUIRE(server.record.Await("message", i));
  }
  CHECK(server.record.Await("done"));
  CHECK(server.record.Count("message") == 3);
}

TEST_CASE("a compressed message is handed on as it is", "[rpc]") {
  TestServer server;
  GrpcCall call(ChannelTo(server.address()), "/test/Hold", [](grpc::ClientContext& context) {
    context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  });
  REQUIRE(call.Start());
  REQUIRE(call.Write(std::string(100'000, 'z')));
  REQUIRE(server.record.Await("held"));
  server.held()->Read(1);
  CHECK(server.record.Await("message"));
}

TEST_CASE("compression that is not known is refused", "[rpc]") {
  TestServer server;
  GrpcCall call(ChannelTo(server.address()), "/test/Echo", [](grpc::ClientContext& context) {
    context.set_compression_algorithm(GRPC_COMPRESS_DEFLATE);
  });
  REQUIRE(call.Start());
  CHECK(call.Finish().error_code() == StatusCode::UNIMPLEMENTED);
}

TEST_CASE("a message that is too long is refused before it is sent", "[rpc]") {
  TestServer server({.message_bytes_max = 1000});
  const auto channel = ChannelTo(server.address());
  CHECK(Ask(channel, "/test/Echo", std::string(1000, 'x')).ok());
  const grpc::Status status = Ask(channel, "/test/Echo", std::string(30u << 20, 'x'));
  CHECK(status.error_code() == StatusCode::RESOURCE_EXHAUSTED);
  CHECK(status.error_message().find("1000") != std::string::npos);
}

TEST_CASE("a large answer arrives whole", "[rpc]") {
  TestServer server;
  std::string answer;
  CHECK(Ask(ChannelTo(server.address()), "/test/Big", "31457280", &answer).ok());
  CHECK(answer == std::string(31'457'280, 'b'));
}

TEST_CASE("metadata beyond the limit is refused with its reason", "[rpc]") {
  TestServer server;
  GrpcCall call(ChannelTo(server.address()), "/test/Echo", [](grpc::ClientContext& context) {
    context.AddMetadata("x-large", std::string(20'000, 'x'));
  });
  call.Start();
  CHECK(call.Finish().error_code() == StatusCode::RESOURCE_EXHAUSTED);
}

}  // namespace
}  // namespace skyden::rpc
