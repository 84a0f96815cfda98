// SPDX-License-Identifier: Apache-2.0
#include "skyden/http/server.h"

#include <fmt/format.h>
#include <httplib.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "raw_client.h"
#include "skyden/base/executor.h"
#include "skyden/base/gzip.h"
#include "tests/telemetry/captured_log.h"

namespace skyden::http {
namespace {

// A server on a free port whose handler hops to a worker, as the real ones do.
struct TestServer {
  explicit TestServer(ServerOptions options = {}) {
    options.address = "127.0.0.1:0";
    auto listening =
        Listen(threads, std::move(options), [this](Request request, Responder respond) {
          workers.Post(
              [this, request = std::move(request), respond = std::move(respond)]() mutable {
                Answer(std::move(request), std::move(respond));
              });
        });
    REQUIRE(listening.ok());
    server = *std::move(listening);
  }

  ~TestServer() {
    server = nullptr;
    absl::MutexLock lock(&mu);
    held.clear();
  }

  void Answer(Request request, Responder respond) {
    if (request.path == "/drop") return;
    if (request.path == "/hold") {
      absl::MutexLock lock(&mu);
      held.push_back(std::move(respond));
      return;
    }
    Response response;
    response.content_type = "application/json";
    if (request.path == "/large") {
      response.body.assign(3'000'000, 'x');
    } else if (request.path == "/empty") {
      response.status = 204;
    } else {
      response.body = fmt::format(
          "{} {} {}", request.method_text, request.target,
          request.body.size() > 100 ? std::to_string(request.body.size()) : request.body);
    }
    respond(std::move(response));
  }

  std::string address() const { return server->address(); }
  httplib::Client client() const { return httplib::Client("http://" + address()); }
  // Waits until a handler holds `n` requests.
  void AwaitHeld(size_t n) {
    absl::MutexLock lock(&mu);
    const auto enough = [this, n]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return held.size() >= n; };
    REQUIRE(mu.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(10)));
  }

  absl::Mutex mu;
  std::vector<Responder> held;
  base::WorkerPool workers{"test", 2};
  IoThreads threads{2};
  std::unique_ptr<Server> server;
};

}  // namespace

TEST_CASE("a request is answered with what the handler gave", "[http]") {
  TestServer server;
  auto client = server.client();
  const auto got = client.Post("/a/b?c=d", "hello", "text/plain");
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(got->body == "POST /a/b?c=d hello");
  CHECK(got->get_header_value("Content-Type") == "application/json");
  CHECK_FALSE(got->get_header_value("Date").empty());
  const auto empty = client.Delete("/empty");
  REQUIRE(empty);
  CHECK(empty->status == 204);
  CHECK_FALSE(empty->has_header("Content-Length"));
}

TEST_CASE("one connection serves many requests, each with its own id", "[http]") {
  TestServer server;
  auto client = server.client();
  client.set_keep_alive(true);
  std::string last;
  for (int i = 0; i < 50; ++i) {
    const auto got = client.Get(fmt::format("/{}", i));
    REQUIRE(got);
    CHECK(got->body == fmt::format("GET /{} ", i));
    CHECK(got->get_header_value("X-Request-Id") != last);
    last = got->get_header_value("X-Request-Id");
  }
  CHECK(server.server->connections() == 1);
}

TEST_CASE("pipelined requests are answered in order", "[http]") {
  TestServer server;
  RawClient client(server.address());
  std::string all;
  for (int i = 0; i < 100; ++i) {
    all += fmt::format("PUT /{} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nb{:02}", i, i);
  }
  REQUIRE(client.Send(all));
  for (int i = 0; i < 100; ++i) {
    const std::string response = client.ReadResponse();
    REQUIRE(response.substr(response.find("\r\n\r\n") + 4) == fmt::format("PUT /{} b{:02}", i, i));
  }
}

TEST_CASE("HEAD is GET without the body", "[http]") {
  TestServer server;
  RawClient client(server.address());
  REQUIRE(client.Send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\nGET /y HTTP/1.1\r\nHost: a\r\n\r\n"));
  const std::string head = client.ReadHead();
  CHECK(head.find("200 OK") != std::string::npos);
  CHECK(head.find("Content-Length: 8") != std::string::npos);
  CHECK(client.ReadResponse().ends_with("GET /y "));
}

TEST_CASE("a large answer arrives whole, compressed when asked", "[http]") {
  TestServer server;
  RawClient client(server.address());
  REQUIRE(client.Send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n"));
  CHECK(client.ReadResponse().ends_with(std::string(3'000'000, 'x')));
  REQUIRE(client.Send("GET /large HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"));
  const std::string response = client.ReadResponse();
  CHECK(response.find("Content-Encoding: gzip") != std::string::npos);
  const auto body = base::Gunzip(response.substr(response.find("\r\n\r\n") + 4), 4'000'000);
  REQUIRE(body.ok());
  CHECK(*body == std::string(3'000'000, 'x'));
}

TEST_CASE("a client that waits for 100 Continue gets it, unless the body is refused", "[http]") {
  TestServer server;
  RawClient client(server.address());
  REQUIRE(client.Send(
      "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
  CHECK(client.ReadHead() == "HTTP/1.1 100 Continue\r\n\r\n");
  REQUIRE(client.Send("hello"));
  CHECK(client.ReadResponse().ends_with("PUT /x hello"));
  REQUIRE(client.Send(
      "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n"));
  CHECK(client.ReadResponse().starts_with("HTTP/1.1 413 "));
}

TEST_CASE("a body of exactly the limit passes, one byte more is 413 and the client sees it",
          "[http]") {
  TestServer server;
  RawClient client(server.address());
  const size_t limit = base::limits::kRequestBodyBytes;
  REQUIRE(
      client.Send(fmt::format("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", limit)));
  REQUIRE(client.Send(std::string(limit, 'b')));
  CHECK(client.ReadResponse().ends_with(fmt::format("PUT /x {}", limit)));
  // Sends all of it before it reads: the answer must survive that.
  client.Send(fmt::format("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", limit + 1));
  client.Send(std::string(limit + 1, 'b'));
  const std::string response = client.ReadResponse();
  CHECK(response.starts_with("HTTP/1.1 413 "));
  CHECK(response.find("Connection: close") != std::string::npos);
}

TEST_CASE("a malformed request is answered 400 and the connection closed", "[http]") {
  TestServer server;
  RawClient client(server.address());
  REQUIRE(client.Send("NONSENSE\r\n\r\n"));
  std::string rest;
  REQUIRE(client.ReadToEnd(rest));
  CHECK(rest.starts_with("HTTP/1.1 400 Bad Request\r\n"));
}

TEST_CASE("a dropped responder answers 500, which is logged", "[http]") {
  TestServer server;
  const telemetry::testing::CapturedLog log;
  const auto got = server.client().Get("/drop");
  REQUIRE(got);
  CHECK(got->status == 500);
  CHECK_THAT(log.Text(),
             Catch::Contains("dropped without an answer") &&
                 Catch::Contains("request_id=" + got->get_header_value("X-Request-Id")));
}

TEST_CASE("a client too slow with its request is told so and let go", "[http]") {
  TestServer server({.request_time = absl::Milliseconds(100)});
  RawClient slow(server.address());
  REQUIRE(slow.Send("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe"));
  std::string rest;
  REQUIRE(slow.ReadToEnd(rest));
  CHECK(rest.starts_with("HTTP/1.1 408 "));
  RawClient silent(server.address());
  REQUIRE(silent.ReadToEnd(rest));
  CHECK(rest.empty());
}

TEST_CASE("a resting connection is closed after the idle time", "[http]") {
  TestServer server({.idle_time = absl::Milliseconds(100)});
  RawClient client(server.address());
  REQUIRE(client.Send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"));
  CHECK(client.ReadResponse().ends_with("GET /x "));
  std::string rest;
  REQUIRE(client.ReadToEnd(rest));
  CHECK(rest.empty());
}

TEST_CASE("a client that does not read its answer is let go", "[http]") {
  TestServer server({.send_stall = absl::Milliseconds(100)});
  RawClient client(server.address());
  std::string all;
  for (int i = 0; i < 20; ++i) all += "GET /large HTTP/1.1\r\nHost: a\r\n\r\n";
  REQUIRE(client.Send(all));
  // 60 MB do not fit into any socket buffer, so at some point nothing moves.
  const absl::Time give_up = absl::Now() + absl::Seconds(10);
  while (server.server->connections() != 0 && absl::Now() < give_up) std::this_thread::yield();
  CHECK(server.server->connections() == 0);
}

TEST_CASE("a handler that takes too long is answered for, and its late answer is dropped",
          "[http]") {
  TestServer server({.answer_time = absl::Milliseconds(100)});
  const auto got = server.client().Get("/hold");
  REQUIRE(got);
  CHECK(got->status == 503);
  server.AwaitHeld(1);
  absl::MutexLock lock(&server.mu);
  server.held.front()(Response{});
}

TEST_CASE("connections beyond the limit are closed at once while all are busy", "[http]") {
  TestServer server({.connections_max = 2});
  RawClient first(server.address());
  RawClient second(server.address());
  for (RawClient* client : {&first, &second}) {
    REQUIRE(client->Send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
  }
  server.AwaitHeld(2);
  RawClient third(server.address());
  std::string rest;
  CHECK(third.ReadToEnd(rest));
  CHECK(server.server->refused_connections() == 1);
  absl::MutexLock lock(&server.mu);
  for (Responder& respond : server.held) respond({.content_type = "text/plain", .body = "late"});
  CHECK(first.ReadResponse().ends_with("late"));
  CHECK(second.ReadResponse().ends_with("late"));
}

TEST_CASE("where room is short, the connection that rests longest goes for a new one", "[http]") {
  TestServer server({.connections_max = 3});
  const auto ask = [](RawClient& client, std::string_view path) {
    REQUIRE(client.Send(fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", path)));
    CHECK(client.ReadResponse().find(fmt::format(" {} ", path)) != std::string::npos);
  };
  RawClient first(server.address());
  RawClient second(server.address());
  RawClient third(server.address());
  ask(first, "/1");
  ask(second, "/2");
  ask(third, "/3");
  ask(first, "/4");  // so that the second rests longest
  RawClient fourth(server.address());
  ask(fourth, "/5");
  std::string rest;
  CHECK(second.ReadToEnd(rest));
  CHECK(rest.empty());
  ask(first, "/6");
  ask(third, "/7");
  ask(fourth, "/8");
  CHECK(server.server->refused_connections() == 0);
}

TEST_CASE("whoever never asks anything does not keep others out", "[http]") {
  constexpr int kSilent = 40;
  TestServer server({.connections_max = 16});
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < kSilent; ++i) {
    silent.push_back(std::make_unique<RawClient>(server.address()));
    RawClient client(server.address());
    REQUIRE(client.Send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(client.ReadResponse().ends_with("GET /x "));
  }
  CHECK(server.server->refused_connections() == 0);
}

TEST_CASE("without TLS an address may begin connections as fast as it likes", "[http]") {
  TestServer server({.arrivals = {1, 0.001}});
  for (int i = 0; i < 3; ++i) {
    RawClient client(server.address());
    REQUIRE(client.Send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(client.ReadResponse().ends_with("GET /x "));
  }
  CHECK(server.server->refused_connections() == 0);
}

TEST_CASE("one address may hold so many connections, and others theirs", "[http]") {
  TestServer server({.connections_per_address_max = 1});
  {
    RawClient first(server.address());
    REQUIRE(first.Send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(first.ReadResponse().ends_with("GET /x "));
    RawClient second(server.address());
    std::string rest;
    CHECK(second.ReadToEnd(rest));
    CHECK(server.server->refused_connections() == 1);
  }
  // Its place is free again once it has gone.
  for (;;) {
    RawClient next(server.address());
    if (!next.Send("GET /y HTTP/1.1\r\nHost: a\r\n\r\n")) continue;
    if (next.ReadResponse().ends_with("GET /y ")) break;
  }
}

TEST_CASE("a client that keeps the handshakes busy is turned away", "[http]") {
  TestServer server({.handshakes_max = 0});
  RawClient client(server.address());
  std::string rest;
  CHECK(client.ReadToEnd(rest));
  CHECK(rest.empty());
}

TEST_CASE("an address that keeps its share of handshakes busy leaves the others theirs", "[http]") {
  TestServer server({.handshakes_per_address_max = 0});
  RawClient client(server.address());
  std::string rest;
  CHECK(client.ReadToEnd(rest));
  CHECK(rest.empty());
}

TEST_CASE("a request id that is sane is kept and told back, any other is replaced", "[http]") {
  TestServer server;
  const auto client_answer = [&](const std::string& id) {
    auto client = server.client();
    return client.Get("/x", {{"x-request-id", id}})->get_header_value("X-Request-Id");
  };
  CHECK(client_answer("deploy-17") == "deploy-17");
  CHECK(client_answer("with blank") != "with blank");
  CHECK(!client_answer("with blank").empty());
  CHECK(!client_answer(std::string(200, 'x')).starts_with("xxx"));
}

TEST_CASE("draining finishes what is under way and closes what rests", "[http]") {
  TestServer server;
  RawClient resting(server.address());
  REQUIRE(resting.Send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"));
  CHECK(resting.ReadResponse().ends_with("GET /x "));
  RawClient busy(server.address());
  REQUIRE(busy.Send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
  server.AwaitHeld(1);
  std::thread drain([&] { server.server->Drain(absl::Seconds(10)); });
  std::string rest;
  const bool closed = resting.ReadToEnd(rest);
  {
    absl::MutexLock lock(&server.mu);
    server.held.front()(Response{.status = 200, .content_type = "", .body = "late", .headers = {}});
  }
  const std::string response = busy.ReadResponse();
  const bool busy_closed = busy.ReadToEnd(rest);
  drain.join();
  CHECK(closed);
  CHECK(busy_closed);
  CHECK(response.ends_with("late"));
  CHECK(response.find("Connection: close") != std::string::npos);
  CHECK(server.server->connections() == 0);
  RawClient late(server.address());
  CHECK_FALSE(late.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
}

TEST_CASE("a responder may outlive its server", "[http]") {
  TestServer server;
  RawClient client(server.address());
  REQUIRE(client.Send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
  server.AwaitHeld(1);
  server.server = nullptr;
  std::string rest;
  CHECK(client.ReadToEnd(rest));
  absl::MutexLock lock(&server.mu);
  server.held.front()(Response{});
}

TEST_CASE("an address that is taken or malformed is refused with a reason", "[http]") {
  TestServer server;
  const auto taken = Listen(server.threads, {.address = server.address()}, nullptr);
  CHECK(taken.status().code() == absl::StatusCode::kUnavailable);
  CHECK(std::string(taken.status().message()).find(server.address()) != std::string::npos);
  for (const char* bad : {"", "127.0.0.1", "host.example:80", "127.0.0.1:99999", "127.0.0.1:x"}) {
    CAPTURE(bad);
    CHECK(Listen(server.threads, {.address = bad}, nullptr).status().code() ==
          absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace skyden::http
