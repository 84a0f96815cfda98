// SPDX-License-Identifier: Apache-2.0
#include "agent/relay.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/time/clock.h"
#include "skyden/base/gzip.h"
#include "tests/agent/fake_global.h"
#include "tests/agent/test_zone.h"
#include "tests/self_signed.h"
#include "tests/temp_dir.h"

namespace skyden::agent {
namespace {

constexpr char kMethod[] = "/kuma.mesh.v1alpha1.KDSSyncService/GlobalToZoneSync";

// An agent in front of a fake global, and a zone's channel to the agent.
class Bench {
 public:
  explicit Bench(FakeGlobal::Options options = {}) : global(std::make_unique<FakeGlobal>(options)) {
    WriteToken("token-1");
    RelayOptions relay_options;
    relay_options.listen = "127.0.0.1:0";
    relay_options.global.tls = !options.certificate_file.empty();
    relay_options.global.host_port = "127.0.0.1:" + std::to_string(global->port());
    relay_options.token_file = dir.path() + "/token";
    relay_options.ca_file = options.certificate_file;
    auto started = Relay::Start(relay_options);
    REQUIRE(started.ok());
    relay = *std::move(started);
    const auto channel =
        OpenChannel({.tls = false, .host_port = relay->address(), .user = {}, .password = {}},
                    {.ca_file = {}, .private_connection = true, .raw_messages = false});
    stub = std::make_unique<grpc::GenericStub>(*channel);
  }

  void WriteToken(const std::string& token) {
    std::ofstream(dir.path() + "/token") << token << "\n";
  }
  TestCall Call(const std::string& method = kMethod, const CallMetadata& metadata = {}) {
    return TestCall(*stub, method, metadata, workers);
  }

  TempDir dir;
  base::WorkerPool workers{"test", 2};
  std::unique_ptr<FakeGlobal> global;
  std::unique_ptr<Relay> relay;
  std::unique_ptr<grpc::GenericStub> stub;
};

std::string ValueOf(const SeenCall& call, const std::string& key) {
  const auto found = call.metadata.find(key);
  return found == call.metadata.end() ? "" : found->second;
}

TEST_CASE("a zone's call arrives with its metadata and the token", "[agent]") {
  Bench bench;
  auto call = bench.Call(kMethod, {{"client-id", "zone-1"},
                                   {"features", "hash-suffix"},
                                   {"features", "zone-ping-health"},
                                   {"zone-version", "v3"},
                                   {"authorization", "Bearer the zone's own"}});
  call.stream().Send("hello");
  CHECK(call.Messages(1) == std::vector<std::string>{"hello"});
  const auto calls = bench.global->calls();
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].method == kMethod);
  CHECK(ValueOf(calls[0], "client-id") == "zone-1");
  CHECK(calls[0].metadata.count("features") == 2);
  CHECK(ValueOf(calls[0], "zone-version") == "v3");
  CHECK(calls[0].metadata.count("authorization") == 1);
  CHECK(ValueOf(calls[0], "authorization") == "Bearer token-1");
}

TEST_CASE("a compressed message is passed on as it came", "[agent]") {
  Bench bench;
  auto call = bench.Call();
  const std::string text(100'000, 'x');
  call.stream().Send(text);
  CHECK(call.Messages(1) == std::vector<std::string>{text});
  const auto calls = bench.global->calls();
  REQUIRE(calls[0].messages.size() == 1);
  CHECK(base::LooksLikeGzip(calls[0].messages[0]));
  CHECK(calls[0].messages[0].size() < 2'000);
}

TEST_CASE("many messages arrive whole and in order, both ways", "[agent]") {
  Bench bench;
  auto call = bench.Call();
  std::vector<std::string> sent;
  for (int i = 0; i < 500; ++i) {
    sent.push_back(std::string(static_cast<size_t>(i) * 37, 'a') + std::to_string(i));
    call.stream().Send(sent.back());
  }
  CHECK(call.Messages(sent.size()) == sent);
  call.stream().HalfClose();
  CHECK(call.Status().ok());
}

TEST_CASE("how the global ends a call is what the zone sees", "[agent]") {
  Bench bench;
  const auto code = GENERATE(grpc::StatusCode::UNAUTHENTICATED, grpc::StatusCode::UNAVAILABLE,
                             grpc::StatusCode::CANCELLED, grpc::StatusCode::RESOURCE_EXHAUSTED);
  auto call = bench.Call();
  call.stream().Send("first");
  call.stream().Send("end:" + std::to_string(code) + ":the token was revoked");
  const grpc::Status status = call.Status();
  CHECK(status.error_code() == code);
  CHECK(status.error_message() == "the token was revoked");
  CHECK(call.Messages(1) == std::vector<std::string>{"first"});
}

TEST_CASE("a zone that hangs up ends the call at the global", "[agent]") {
  Bench bench;
  {
    auto call = bench.Call();
    call.stream().Send("hello");
    REQUIRE(call.Messages(1).size() == 1);
  }
  CHECK(bench.global->WaitFor([](const auto& calls) { return calls[0].ended; }));
}

TEST_CASE("the token file is read anew for each call", "[agent]") {
  Bench bench;
  auto first = bench.Call();
  first.stream().Send("a");
  REQUIRE(first.Messages(1).size() == 1);
  bench.WriteToken("token-2");
  auto second = bench.Call();
  second.stream().Send("b");
  REQUIRE(second.Messages(1).size() == 1);
  CHECK(ValueOf(bench.global->calls()[1], "authorization") == "Bearer token-2");
  bench.WriteToken("");
  auto third = bench.Call();
  CHECK(third.Status().error_code() == grpc::StatusCode::UNAVAILABLE);
}

TEST_CASE("a global that does not read slows the zone down", "[agent]") {
  Bench bench({.port = 0, .certificate_file = {}, .key_file = {}, .reads = false});
  auto call = bench.Call();
  // Random-looking, or gzip would make nothing of it.
  std::string noise(1 << 18, '\0');
  uint32_t state = 1;
  for (char& c : noise) c = static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
  constexpr size_t kMessages = 64;
  for (size_t i = 0; i < kMessages; ++i) call.stream().Send(noise);
  CHECK(call.Messages(1, absl::Milliseconds(300)).empty());
  CHECK(call.stream().unsent() > 0);  // what fits into the buffers on the way is far less
  CHECK(bench.global->WaitFor([](const auto& calls) { return calls.size() == 1; }));
  bench.global->Resume();
  const auto messages = call.Messages(kMessages);
  REQUIRE(messages.size() == kMessages);
  CHECK(messages.back() == noise);
}

TEST_CASE("the agent finds a global that went away and came back", "[agent]") {
  Bench bench;
  const int port = bench.global->port();
  auto before = bench.Call();
  before.stream().Send("a");
  REQUIRE(before.Messages(1).size() == 1);
  bench.global.reset();
  CHECK(before.Status().error_code() != grpc::StatusCode::OK);
  auto during = bench.Call();
  CHECK(during.Status().error_code() == grpc::StatusCode::UNAVAILABLE);
  bench.global = std::make_unique<FakeGlobal>(
      FakeGlobal::Options{.port = port, .certificate_file = {}, .key_file = {}, .reads = true});
  // As a zone does: call again until it works. gRPC itself decides when to dial again.
  bool answered = false;
  const absl::Time give_up = absl::Now() + kTestPatience;
  while (!answered && absl::Now() < give_up) {
    auto after = bench.Call();
    after.stream().Send("b");
    answered = !after.Messages(1).empty();
  }
  CHECK(answered);
}

TEST_CASE("the agent's health is that of its connection", "[agent]") {
  Bench bench;
  const std::string serving("\x08\x01");
  const auto health = [&bench] {
    auto call = bench.Call("/grpc.health.v1.Health/Check");
    call.stream().Send("");
    const auto messages = call.Messages(1);
    return messages.empty() ? "" : messages[0];
  };
  auto call = bench.Call();
  call.stream().Send("a");
  REQUIRE(call.Messages(1).size() == 1);
  CHECK(health() == serving);
  bench.global.reset();
  CHECK_FALSE(call.Status().ok());
  // The channel learns of its lost connection a moment after the call does.
  const absl::Time give_up = absl::Now() + kTestPatience;
  while (health() == serving && absl::Now() < give_up) {
  }
  CHECK(health() == std::string("\x08\x02"));
}

TEST_CASE("over TLS the agent trusts the given authority only", "[agent]") {
  const TempDir dir;
  const std::string certificate = dir.path() + "/cert.pem";
  const std::string key = dir.path() + "/key.pem";
  REQUIRE(MakeSelfSigned("IP:127.0.0.1", certificate, key));
  Bench bench({.port = 0, .certificate_file = certificate, .key_file = key, .reads = true});
  auto call = bench.Call();
  call.stream().Send("secret");
  CHECK(call.Messages(1) == std::vector<std::string>{"secret"});

  RelayOptions stranger;
  stranger.listen = "127.0.0.1:0";
  stranger.global.host_port = "127.0.0.1:" + std::to_string(bench.global->port());
  stranger.token_file = bench.dir.path() + "/token";
  const auto relay = Relay::Start(stranger);  // trusts the machine's authorities
  REQUIRE(relay.ok());
  const auto channel =
      OpenChannel({.tls = false, .host_port = (*relay)->address(), .user = {}, .password = {}},
                  {.ca_file = {}, .private_connection = true, .raw_messages = false});
  grpc::GenericStub stub(*channel);
  TestCall refused(stub, kMethod, {}, bench.workers);
  CHECK(refused.Status().error_code() == grpc::StatusCode::UNAVAILABLE);
}

TEST_CASE("without a token file the agent does not start", "[agent]") {
  RelayOptions options;
  options.listen = "127.0.0.1:0";
  options.global.host_port = "127.0.0.1:1";
  options.token_file = "/nowhere/token";
  const auto relay = Relay::Start(options);
  CHECK(relay.status().code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace skyden::agent
