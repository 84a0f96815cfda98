// SPDX-License-Identifier: Apache-2.0
// Answers that go on, and clients that do not wait for theirs.
#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "raw_client.h"
#include "skyden/http/server.h"

namespace skyden::http {
namespace {

// Answers everything with the same stream; keeps the requests that it is told to hold.
struct StreamingServer {
  explicit StreamingServer(size_t bytes_max = 1 << 20) {
    stream = BodyStream::Create({.bytes_max = bytes_max,
                                 .on_drained =
                                     [this] {
                                       absl::MutexLock lock(&mu);
                                       ++drained;
                                     },
                                 .on_gone = [this] { gone.Notify(); }});
    auto listening = Listen(threads, {.address = "127.0.0.1:0", .send_stall = absl::Seconds(2)},
                            [this](Request request, Responder respond) {
                              if (request.path == "/hold") return Hold(request, std::move(respond));
                              respond({.content_type = "text/plain", .stream = stream});
                            });
    REQUIRE(listening.ok());
    server = *std::move(listening);
  }
  ~StreamingServer() {
    server = nullptr;
    absl::MutexLock lock(&mu);
    held.reset();
  }

  void Hold(const Request& request, Responder respond) {
    request.WhenClientGoes([this] { client_gone.Notify(); });
    absl::MutexLock lock(&mu);
    held = std::move(respond);
  }
  Responder AwaitHeld() {
    absl::MutexLock lock(&mu);
    const auto there = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return held.has_value(); };
    REQUIRE(mu.AwaitWithTimeout(absl::Condition(&there), absl::Seconds(10)));
    Responder respond = *std::move(held);
    held.reset();
    return respond;
  }
  void AwaitDrained(int times) {
    absl::MutexLock lock(&mu);
    const auto enough = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return drained >= times; };
    REQUIRE(mu.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(10)));
  }

  absl::Mutex mu;
  int drained = 0;
  std::optional<Responder> held;
  absl::Notification gone;
  absl::Notification client_gone;
  std::shared_ptr<BodyStream> stream;
  IoThreads threads{1};
  std::unique_ptr<Server> server;
};

constexpr char kGet[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr char kHold[] = "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr absl::Duration kPatience = absl::Seconds(10);

}  // namespace

TEST_CASE("a stream's text is sent as it is written, in chunks, until it ends", "[http]") {
  StreamingServer server;
  RawClient client(server.server->address());
  REQUIRE(server.stream->Write("early "));
  REQUIRE(client.Send(kGet));
  const std::string head = client.ReadHead();
  CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(head.find("Transfer-Encoding: chunked") != std::string::npos);
  CHECK(head.find("Connection: close") != std::string::npos);
  CHECK(head.find("Content-Length") == std::string::npos);
  CHECK(client.ReadUntil("early \r\n") == "6\r\nearly \r\n");
  server.AwaitDrained(1);
  REQUIRE(server.stream->Write("late"));
  CHECK(client.ReadUntil("late\r\n") == "4\r\nlate\r\n");
  CHECK_FALSE(server.gone.HasBeenNotified());
  server.stream->End();
  std::string rest;
  CHECK(client.ReadToEnd(rest));
  CHECK(rest == "0\r\n\r\n");
  CHECK(server.gone.WaitForNotificationWithTimeout(kPatience));
  CHECK_FALSE(server.stream->Write("more"));
}

TEST_CASE("a client of HTTP/1.0 gets the bare text and the connection's end", "[http]") {
  StreamingServer server;
  RawClient client(server.server->address());
  REQUIRE(client.Send("GET / HTTP/1.0\r\n\r\n"));
  CHECK(client.ReadHead().find("chunked") == std::string::npos);
  REQUIRE(server.stream->Write("text"));
  server.stream->End();
  std::string rest;
  CHECK(client.ReadToEnd(rest));
  CHECK(rest == "text");
}

TEST_CASE("HEAD of a stream is its head, and the stream is over", "[http]") {
  StreamingServer server;
  RawClient client(server.server->address());
  REQUIRE(client.Send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"));
  std::string all;
  CHECK(client.ReadToEnd(all));
  CHECK(all.ends_with("\r\n\r\n"));
  CHECK(server.gone.WaitForNotificationWithTimeout(kPatience));
}

TEST_CASE("a stream learns that its client has gone", "[http]") {
  StreamingServer server;
  auto client = std::make_unique<RawClient>(server.server->address());
  REQUIRE(client->Send(kGet));
  client->ReadHead();
  client.reset();
  CHECK(server.gone.WaitForNotificationWithTimeout(kPatience));
  CHECK_FALSE(server.stream->Write("x"));
}

TEST_CASE("a client that does not read fills the stream's bound, and is cut off", "[http]") {
  StreamingServer server(8 << 20);
  RawClient client(server.server->address());
  REQUIRE(client.Send(kGet));
  client.ReadHead();
  const std::string piece(1 << 20, 'x');
  int taken = 0;
  while (taken < 100 && server.stream->Write(piece)) ++taken;
  CHECK(taken < 100);
  CHECK(taken >= 8);
  CHECK(server.gone.WaitForNotificationWithTimeout(kPatience));
}

TEST_CASE("draining ends streams", "[http]") {
  StreamingServer server;
  RawClient client(server.server->address());
  REQUIRE(client.Send(kGet));
  client.ReadHead();
  server.server->Drain(kPatience);
  CHECK(server.gone.HasBeenNotified());
  CHECK(server.server->connections() == 0);
}

TEST_CASE("whoever answers is told that the client has gone before", "[http]") {
  StreamingServer server;
  auto client = std::make_unique<RawClient>(server.server->address());
  REQUIRE(client->Send(kHold));
  Responder respond = server.AwaitHeld();
  CHECK_FALSE(server.client_gone.HasBeenNotified());
  client.reset();
  CHECK(server.client_gone.WaitForNotificationWithTimeout(kPatience));
  respond({.body = "nobody reads this"});
}

TEST_CASE("a client that is answered was there; its next requests are served as ever", "[http]") {
  StreamingServer server;
  auto client = std::make_unique<RawClient>(server.server->address());
  REQUIRE(client->Send(kHold));
  server.AwaitHeld()({.body = "one"});
  CHECK(client->ReadResponse().ends_with("one"));
  // The next one comes while the connection is watched for its end.
  server.stream->Write("x");
  REQUIRE(client->Send(kGet));
  CHECK(client->ReadHead().starts_with("HTTP/1.1 200"));
  client.reset();
  CHECK(server.gone.WaitForNotificationWithTimeout(kPatience));
  CHECK_FALSE(server.client_gone.HasBeenNotified());
}

TEST_CASE("requests that come in one piece are answered in turn though the first is watched",
          "[http]") {
  StreamingServer server;
  RawClient client(server.server->address());
  REQUIRE(client.Send(std::string(kHold) + kGet));
  server.AwaitHeld()({.body = "one"});
  CHECK(client.ReadResponse().ends_with("one"));
  CHECK(client.ReadHead().find("chunked") != std::string::npos);
}

}  // namespace skyden::http
