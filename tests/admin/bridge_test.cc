// SPDX-License-Identifier: Apache-2.0
// Calls from a client of rpc's port to handlers in a gRPC server without one, and back.
#include "admin/bridge.h"

#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "admin/bridge_channel.h"
#include "admin/bridge_metadata.h"
#include "skyden/rpc/server.h"

namespace skyden::admin {
namespace {

std::string Flatten(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return {};
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

// Answers each message with the same, and ends as its method says.
class Echo final : public grpc::ServerGenericBidiReactor {
 public:
  Echo(grpc::GenericCallbackServerContext& context, absl::Notification& cancelled)
      : context_(context), cancelled_(cancelled) {
    for (const auto& [name, value] : context.client_metadata()) {
      const std::string key(name.data(), name.size());
      if (key.starts_with("x-") || key.starts_with(kBridgePrefix)) {
        context.AddInitialMetadata("seen-" + key, {value.data(), value.size()});
      }
    }
    StartRead(&message_);
  }
  void OnReadDone(bool ok) override {
    if (ok) return StartWrite(&message_);
    if (context_.method() == "/t/Hang") return;  // until it is cancelled
    context_.AddTrailingMetadata("left", "over");
    context_.AddTrailingMetadata(kBridgeSignedIn, "1");
    if (context_.method() == "/t/Fail") {
      return Finish({grpc::StatusCode::NOT_FOUND, "not \"here\"", std::string("\0\xff", 2)});
    }
    Finish(grpc::Status::OK);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return;
    message_.Clear();
    StartRead(&message_);
  }
  void OnCancel() override {
    if (context_.method() != "/t/Hang") return;
    cancelled_.Notify();
    Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  grpc::GenericCallbackServerContext& context_;
  absl::Notification& cancelled_;
  grpc::ByteBuffer message_;
};

class Service final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Echo(*context, cancelled);
  }
  absl::Notification cancelled;
};

BridgeOptions ForTests() {
  BridgeOptions options;
  options.metadata = {"x-text", "x-some-bin", kBridgePeerIp, kBridgeSignedIn};
  options.strangers_calls_per_address_max = 3;
  return options;
}

struct Env {
  explicit Env(BridgeOptions bridge = ForTests()) {
    grpc::ServerBuilder builder;
    PrepareForBridge(builder);
    builder.RegisterCallbackGenericService(&service);
    handlers = builder.BuildAndStart();
    rpc::ServerOptions options;
    options.address = "127.0.0.1:0";
    options.message_bytes_max = 4u << 20;
    server =
        rpc::Listen(loops, options, AcceptorOf(ConnectTo(*handlers).value(), std::move(bridge)))
            .value();
    channel = grpc::CreateChannel(server->address(), grpc::InsecureChannelCredentials());
  }
  ~Env() {
    channel = nullptr;
    server = nullptr;
    handlers->Shutdown(std::chrono::system_clock::now());
  }

  Service service;
  std::unique_ptr<grpc::Server> handlers;
  rpc::Loops loops{1};
  std::unique_ptr<rpc::Server> server;
  std::shared_ptr<grpc::Channel> channel;
};

// A call, step by step.
class Client {
 public:
  Client(Env& env, const std::string& method,
         std::function<void(grpc::ClientContext&)> prepare = {})
      : stub_(env.channel) {
    if (prepare) prepare(context);
    call_ = stub_.PrepareCall(&context, method, &queue_);
    call_->StartCall(nullptr);
    Next();
  }
  ~Client() {
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }
  bool Write(const std::string& bytes) {
    call_->Write(BufferOf(bytes), nullptr);
    return Next();
  }
  bool WritesDone() {
    call_->WritesDone(nullptr);
    return Next();
  }
  std::optional<std::string> Read() {
    grpc::ByteBuffer buffer;
    call_->Read(&buffer, nullptr);
    if (!Next()) return std::nullopt;
    return Flatten(buffer);
  }
  grpc::Status Finish() {
    grpc::Status status;
    call_->Finish(&status, nullptr);
    Next();
    return status;
  }

  grpc::ClientContext context;

 private:
  bool Next() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

std::multimap<std::string, std::string> Map(
    const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
  std::multimap<std::string, std::string> map;
  for (const auto& [name, value] : metadata) {
    map.emplace(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  }
  return map;
}

}  // namespace

TEST_CASE("messages of any number and size go both ways") {
  Env env;
  {
    Client first(env, "/t/Echo");  // or it would be a stranger, of whom less is taken
    REQUIRE(first.WritesDone());
    REQUIRE(first.Finish().ok());
  }
  Client client(env, "/t/Echo");
  for (const size_t size : {0, 1, 100, 70'000, 1'000'000, 7}) {
    const std::string bytes(size, 'x');
    REQUIRE(client.Write(bytes));
    CHECK(client.Read() == bytes);
  }
  REQUIRE(client.WritesDone());
  CHECK_FALSE(client.Read().has_value());
  CHECK(client.Finish().ok());
  CHECK(Map(client.context.GetServerTrailingMetadata()).contains("left"));
}

TEST_CASE("metadata goes both ways, but what is between the bridge and the handlers") {
  Env env;
  const std::string binary("\0\x01\xff,\x7f", 5);
  Client client(env, "/t/Echo", [&](grpc::ClientContext& context) {
    context.AddMetadata("x-text", "some text");
    context.AddMetadata("x-some-bin", binary);
    context.AddMetadata("x-unread", std::string(1000, 'u'));
    context.AddMetadata(kBridgePeerIp, "192.0.2.1");
    context.AddMetadata(kBridgeSignedIn, "1");
  });
  REQUIRE(client.Write("x"));
  REQUIRE(client.Read().has_value());
  REQUIRE(client.WritesDone());
  CHECK(client.Finish().ok());
  auto seen = Map(client.context.GetServerInitialMetadata());
  CHECK(seen.find("seen-x-text")->second == "some text");
  CHECK(seen.find("seen-x-some-bin")->second == binary);
  CHECK(seen.count("seen-x-unread") == 0);
  REQUIRE(seen.count(std::string("seen-") + kBridgePeerIp) == 1);
  CHECK(seen.find(std::string("seen-") + kBridgePeerIp)->second == "127.0.0.1");
  CHECK(seen.count(std::string("seen-") + kBridgeSignedIn) == 0);
  CHECK(Map(client.context.GetServerTrailingMetadata()).count(kBridgeSignedIn) == 0);
  // A handler's word that the caller signed in has reached the connection.
  CHECK(env.server->counters().strangers == 0);
}

TEST_CASE("a status comes with its text, details and trailers") {
  Env env;
  Client client(env, "/t/Fail");
  REQUIRE(client.WritesDone());
  const grpc::Status status = client.Finish();
  CHECK(status.error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(status.error_message() == "not \"here\"");
  CHECK(status.error_details() == std::string("\0\xff", 2));
  CHECK(Map(client.context.GetServerTrailingMetadata()).contains("left"));
}

TEST_CASE("a client that gives up, or whose time is over, ends its handler") {
  Env env;
  SECTION("cancelled") {
    Client client(env, "/t/Hang");
    REQUIRE(client.Write("x"));
    REQUIRE(client.Read().has_value());
    client.context.TryCancel();
    CHECK(client.Finish().error_code() == grpc::StatusCode::CANCELLED);
    env.service.cancelled.WaitForNotification();
  }
  SECTION("late") {
    Client client(env, "/t/Hang", [](grpc::ClientContext& context) {
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
    });
    CHECK(client.Finish().error_code() == grpc::StatusCode::DEADLINE_EXCEEDED);
    env.service.cancelled.WaitForNotification();
  }
  SECTION("with the connection") {
    Client client(env, "/t/Hang");
    REQUIRE(client.Write("x"));
    REQUIRE(client.Read().has_value());
    for (const auto& connection : env.server->Connections()) {
      connection->End(absl::UnavailableError("over"));
    }
    CHECK(client.Finish().error_code() == grpc::StatusCode::UNAVAILABLE);
    env.service.cancelled.WaitForNotification();
  }
}

TEST_CASE("a compressed request is not taken") {
  Env env;
  Client client(env, "/t/Echo", [](grpc::ClientContext& context) {
    context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  });
  client.Write(std::string(10'000, 'x'));
  CHECK(client.Finish().error_code() == grpc::StatusCode::UNIMPLEMENTED);
}

TEST_CASE("metadata that gRPC's library would end the process over is refused") {
  const auto code = [](const rpc::Metadata& metadata) {
    return ToHandlers(metadata, {"x-a", "x!a", "x-a-bin"}).status().code();
  };
  CHECK(code({{"x-a", "plain ~ text"}}) == absl::StatusCode::kOk);
  CHECK(code({{"x-a", "\xc3\xa4"}}) == absl::StatusCode::kInvalidArgument);
  CHECK(code({{"x-a", "tab\there"}}) == absl::StatusCode::kInvalidArgument);
  CHECK(code({{"x!a", "b"}}) == absl::StatusCode::kInvalidArgument);
  CHECK(code({{"x-a-bin", "not*base64"}}) == absl::StatusCode::kInvalidArgument);
  CHECK(code({{"x-a-bin", "AAH/"}}) == absl::StatusCode::kOk);
  const auto passed = ToHandlers({{"te", "trailers"},
                                  {"host", "x"},
                                  {"grpc-tags-bin", "*"},
                                  {"skyden-bridge-peer-ip", "192.0.2.1"},
                                  {"x-a-bin", "AAH_/w"}},
                                 {"x-a-bin"});
  CHECK_FALSE(passed.ok());
  CHECK(ToHandlers({{"skyden-bridge-signed-in", "1"}, {"te", "trailers"}},
                   {"skyden-bridge-signed-in", "te"})
            ->empty());
}

TEST_CASE("strangers' calls are bounded for an address, and no others") {
  Env env;
  {
    std::vector<std::unique_ptr<Client>> held;
    while (held.size() < 3) {
      held.push_back(std::make_unique<Client>(env, "/t/Hold"));
      REQUIRE(held.back()->Write("x"));
      REQUIRE(held.back()->Read().has_value());
    }
    Client late(env, "/t/Echo");
    CHECK(late.Finish().error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
    held.front()->context.TryCancel();
    CHECK_FALSE(held.front()->Finish().ok());
    held.erase(held.begin());
    // The place is free once the handlers' end has heard of it.
    const auto signs_in = [&] {
      Client client(env, "/t/Echo");
      client.WritesDone();
      return client.Finish().ok();
    };
    while (!signs_in()) {
    }
    for (int i = 0; i < 3; ++i) {  // who signed in has no such bound
      held.push_back(std::make_unique<Client>(env, "/t/Hold"));
      REQUIRE(held.back()->Write("x"));
      REQUIRE(held.back()->Read().has_value());
    }
    for (auto& client : held) client->context.TryCancel();
  }
}

TEST_CASE("whoever may not knock gets nothing carried, whichever method it calls") {
  BridgeOptions options = ForTests();
  std::vector<std::string> knocked;
  absl::Status verdict;
  options.admit = [&](std::string_view ip, std::string_view authorization) {
    knocked.push_back(fmt::format("{} {}", ip, authorization));
    return verdict;
  };
  Env env(std::move(options));
  const auto end_of = [&](const std::string& method, const char* authorization) {
    Client client(env, method, [&](grpc::ClientContext& context) {
      if (authorization != nullptr) context.AddMetadata("authorization", authorization);
    });
    client.WritesDone();
    return client.Finish().error_code();
  };
  CHECK(end_of("/t/Echo", "Bearer x") == grpc::StatusCode::OK);
  verdict = absl::ResourceExhaustedError("too many requests from this address");
  CHECK(end_of("/t/Echo", nullptr) == grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK(end_of("/grpc.health.v1.Health/Check", nullptr) == grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK(knocked == std::vector<std::string>{"127.0.0.1 Bearer x", "127.0.0.1 ", "127.0.0.1 "});
}

}  // namespace skyden::admin
