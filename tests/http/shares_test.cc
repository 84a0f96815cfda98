// SPDX-License-Identifier: Apache-2.0
// Bodies that are taken when the head was looked at, and what may be under way at once.
#include <fmt/format.h>
#include <malloc.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "raw_client.h"
#include "skyden/http/server.h"

namespace skyden::http {
namespace {

// Decides by the path: "/no..." is refused by its head, "/hold..." waits, of all else the body is
// taken as a part of the share that the query names. GET answers with as many bytes as the query
// says, of the share that the path names, but for "/public", which is nobody's.
class OnDemandServer {
 public:
  explicit OnDemandServer(ServerOptions options = {}) {
    options.address = "127.0.0.1:0";
    options.bodies = Bodies::kOnDemand;
    auto listening =
        Listen(threads_, std::move(options), [this](Request request, Responder respond) {
          Handle(std::move(request), std::move(respond));
        });
    REQUIRE(listening.ok());
    server_ = *std::move(listening);
  }
  ~OnDemandServer() {
    server_ = nullptr;
    absl::MutexLock lock(&mu_);
    held_.clear();
  }

  std::string address() const { return server_->address(); }
  size_t connections() const { return server_->connections(); }
  size_t bodies() const { return bodies_; }
  // Of "/hold..." requests: takes the body of the n-th now.
  void TakeHeld(size_t n) {
    absl::MutexLock lock(&mu_);
    const auto there = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return held_.size() > n; };
    mu_.Await(absl::Condition(&there));
    Take(std::move(held_[n]->request), std::move(held_[n]->respond));
  }
  void AnswerHeld(size_t n) {
    absl::MutexLock lock(&mu_);
    held_[n]->respond({.content_type = "text/plain", .body = "kept"});
  }
  void AwaitHeld(size_t count) {
    absl::MutexLock lock(&mu_);
    const auto there = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return held_.size() >= count; };
    mu_.Await(absl::Condition(&there));
  }

 private:
  struct Held {
    Request request;
    Responder respond;
  };

  void Handle(Request request, Responder respond) {
    if (request.method == Method::kGet) {
      return respond({.content_type = "application/octet-stream",
                      .body = std::string(std::stoul(request.query), 'x'),
                      .share = request.path == "/public" ? "" : request.path});
    }
    if (request.path.starts_with("/no")) {
      return respond({.status = 403, .content_type = "text/plain", .body = "not you"});
    }
    if (request.path == "/hold") return Hold(std::move(request), std::move(respond));
    if (!request.body_waits) return Got(std::move(request.body), std::move(respond));
    Take(std::move(request), std::move(respond));
  }
  void Hold(Request request, Responder respond) {
    absl::MutexLock lock(&mu_);
    held_.push_back(std::make_unique<Held>(Held{std::move(request), std::move(respond)}));
  }
  void Take(Request request, Responder respond) {
    const Request head = request;
    head.TakeBody(head.query, [this, request = std::move(request),
                               respond = std::move(respond)](std::string body) mutable {
      if (request.path == "/keep") return Hold(std::move(request), std::move(respond));
      Got(std::move(body), std::move(respond));
    });
  }
  void Got(std::string body, Responder respond) {
    bodies_ += body.size();
    respond({.content_type = "text/plain", .body = fmt::format("took {}", body.size())});
  }

  mutable absl::Mutex mu_;
  std::vector<std::unique_ptr<Held>> held_;
  std::atomic<size_t> bodies_{0};
  IoThreads threads_{2};
  std::unique_ptr<Server> server_;
};

std::string Head(std::string_view method, std::string_view target, size_t length,
                 std::string_view more = "") {
  return fmt::format("{} {} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n{}\r\n", method, target,
                     length, more);
}

TEST_CASE("a body is read when the head was good enough", "[http]") {
  OnDemandServer server;
  RawClient client(server.address());
  for (const size_t size : {size_t{5}, size_t{300'000}}) {
    REQUIRE(client.Send(Head("PUT", "/yes", size)));
    REQUIRE(client.Send(std::string(size, 'b')));
    CHECK(client.ReadResponse().ends_with(fmt::format("took {}", size)));
  }
}

TEST_CASE("a body in chunks is read on demand as well", "[http]") {
  OnDemandServer server;
  RawClient client(server.address());
  REQUIRE(client.Send("PUT /yes HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
  for (int i = 0; i < 100; ++i) REQUIRE(client.Send("1000\r\n" + std::string(4096, 'b') + "\r\n"));
  REQUIRE(client.Send("0\r\n\r\nPUT /yes HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"));
  CHECK(client.ReadResponse().ends_with("took 409600"));
  CHECK(client.ReadResponse().ends_with("took 1"));
}

TEST_CASE("who is refused by the head is told while the body is still to come", "[http]") {
  OnDemandServer server;
  RawClient client(server.address());
  REQUIRE(client.Send(Head("PUT", "/no", 8 << 20)));
  const std::string answer = client.ReadResponse();
  CHECK(answer.starts_with("HTTP/1.1 403"));
  CHECK(answer.find("Connection: close") != std::string::npos);
  CHECK(answer.ends_with("not you"));
}

TEST_CASE("the answer to a refused body reaches a client that reads only after sending it",
          "[http]") {
  OnDemandServer server;
  RawClient client(server.address());
  REQUIRE(client.Send(Head("PUT", "/no", 8 << 20)));
  REQUIRE(client.Send(std::string(8 << 20, 'b')));
  CHECK(client.ReadResponse().ends_with("not you"));
}

TEST_CASE("100 Continue comes when the body is wanted, and not when it is refused", "[http]") {
  OnDemandServer server;
  RawClient wanted(server.address());
  REQUIRE(wanted.Send(Head("PUT", "/yes", 3, "Expect: 100-continue\r\n")));
  CHECK(wanted.ReadUntil("\r\n\r\n").starts_with("HTTP/1.1 100"));
  REQUIRE(wanted.Send("abc"));
  CHECK(wanted.ReadResponse().ends_with("took 3"));

  RawClient refused(server.address());
  REQUIRE(refused.Send(Head("PUT", "/no", 3, "Expect: 100-continue\r\n")));
  CHECK(refused.ReadResponse().starts_with("HTTP/1.1 403"));
}

TEST_CASE("nothing is read of a body that nobody has taken yet", "[http]") {
  OnDemandServer server;
  RawClient client(server.address());
  REQUIRE(client.Send(Head("PUT", "/hold", 100'000)));
  server.AwaitHeld(1);
  REQUIRE(client.Send(std::string(100'000, 'b')));
  server.TakeHeld(0);
  CHECK(client.ReadResponse().ends_with("took 100000"));
}

TEST_CASE("a client that goes before its body is taken leaves nothing behind", "[http]") {
  OnDemandServer server;
  {
    RawClient client(server.address());
    REQUIRE(client.Send(Head("PUT", "/hold", 100'000) + "a"));
    server.AwaitHeld(1);
  }
  server.TakeHeld(0);
  while (server.connections() != 0) {
  }
  CHECK(server.bodies() == 0);
}

TEST_CASE("a body that does not come is answered for", "[http]") {
  OnDemandServer server({.request_time = absl::Milliseconds(200)});
  for (const size_t length : {size_t{3}, size_t{100'000}}) {
    RawClient client(server.address());
    REQUIRE(client.Send(Head("PUT", "/yes", length) + "a"));
    CHECK(client.ReadResponse().starts_with("HTTP/1.1 408"));
  }
}

// Three quarters of a share.
void PutLarge(RawClient& client, std::string_view target) {
  REQUIRE(client.Send(Head("PUT", target, 150'000)));
  REQUIRE(client.Send(std::string(150'000, 'b')));
}

TEST_CASE("bodies of one address have a bound, and another address goes on", "[http]") {
  OnDemandServer server({.request_bytes_max = 1'000'000, .request_bytes_per_share_max = 200'000});
  RawClient first(server.address());
  PutLarge(first, "/keep?a");
  server.AwaitHeld(1);
  RawClient second(server.address());
  PutLarge(second, "/yes?b");
  const std::string answer = second.ReadResponse();
  CHECK(answer.starts_with("HTTP/1.1 429"));
  CHECK(answer.find("Retry-After: 1") != std::string::npos);
  RawClient elsewhere(server.address(), "127.0.0.2");
  PutLarge(elsewhere, "/yes?b");
  CHECK(elsewhere.ReadResponse().ends_with("took 150000"));
  server.AnswerHeld(0);
  CHECK(first.ReadResponse().ends_with("kept"));
  RawClient third(server.address());
  PutLarge(third, "/yes?b");
  CHECK(third.ReadResponse().ends_with("took 150000"));
}

TEST_CASE("bodies of one tenant have a bound wherever they come from", "[http]") {
  OnDemandServer server({.request_bytes_max = 1'000'000, .request_bytes_per_share_max = 200'000});
  RawClient first(server.address());
  PutLarge(first, "/keep?a");
  server.AwaitHeld(1);
  RawClient second(server.address(), "127.0.0.2");
  PutLarge(second, "/yes?a");
  CHECK(second.ReadResponse().starts_with("HTTP/1.1 429"));
  RawClient other(server.address(), "127.0.0.2");
  PutLarge(other, "/yes?b");
  CHECK(other.ReadResponse().ends_with("took 150000"));
}

TEST_CASE("all bodies together have a bound", "[http]") {
  OnDemandServer server({.request_bytes_max = 200'000, .request_bytes_per_share_max = 200'000});
  RawClient first(server.address());
  REQUIRE(first.Send(Head("PUT", "/keep?a", 150'000) + std::string(150'000, 'b')));
  server.AwaitHeld(1);
  RawClient second(server.address(), "127.0.0.2");
  REQUIRE(second.Send(Head("PUT", "/yes?b", 150'000)));
  REQUIRE(second.Send(std::string(150'000, 'b')));
  CHECK(second.ReadResponse().starts_with("HTTP/1.1 503"));
}

TEST_CASE("who does not read its answers holds its own share, and others go on", "[http]") {
  constexpr size_t kBytes = 8 << 20;  // more than a socket takes
  OnDemandServer server(
      {.answer_bytes_max = 10 * kBytes, .answer_bytes_per_share_max = kBytes / 2});
  const auto ask = [&](RawClient& client, std::string_view share, size_t bytes) {
    REQUIRE(client.Send(fmt::format("GET {}?{} HTTP/1.1\r\nHost: a\r\n\r\n", share, bytes)));
  };
  RawClient silent(server.address());
  ask(silent, "/a", kBytes);
  REQUIRE(silent.ReadUntil("\r\n\r\n").starts_with("HTTP/1.1 200"));  // it is under way
  RawClient same(server.address());
  ask(same, "/a", 100'000);
  const std::string refused = same.ReadResponse();
  CHECK(refused.starts_with("HTTP/1.1 429"));
  CHECK(refused.find("Retry-After: 1") != std::string::npos);
  ask(same, "/a", 100);  // small ones are no matter
  CHECK(same.ReadResponse().starts_with("HTTP/1.1 200"));
  RawClient other(server.address());
  ask(other, "/b", 100'000);
  CHECK(other.ReadResponse().starts_with("HTTP/1.1 200"));
  CHECK(silent.ReadUntil(std::string(100, 'x')).size() >= 100);
}

TEST_CASE("what strangers do not read leaves those who signed in theirs", "[http]") {
  constexpr size_t kBytes = 8 << 20;  // more than a socket takes
  OnDemandServer server({.answer_bytes_max = 2 * kBytes, .answer_bytes_per_share_max = 2 * kBytes});
  const auto ask = [&](RawClient& client, std::string_view path, size_t bytes) {
    REQUIRE(client.Send(fmt::format("GET {}?{} HTTP/1.1\r\nHost: a\r\n\r\n", path, bytes)));
  };
  RawClient first(server.address(), "127.0.0.2");
  ask(first, "/public", kBytes);
  REQUIRE(first.ReadUntil("\r\n\r\n").starts_with("HTTP/1.1 200"));  // it is under way
  RawClient second(server.address(), "127.0.0.3");
  ask(second, "/public", kBytes);
  CHECK(second.ReadUntil("\r\n\r\n").starts_with("HTTP/1.1 503"));
  RawClient known(server.address(), "127.0.0.2");
  ask(known, "/a", kBytes + kBytes / 2);
  CHECK(known.ReadUntil("\r\n\r\n").starts_with("HTTP/1.1 200"));
}

size_t HeapBytes() {
  const auto heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

TEST_CASE("answers hold what they take before their turn to be sent comes", "[http]") {
  constexpr size_t kAnswers = 32;
  constexpr size_t kBytes = 4 << 20;
  absl::BlockingCounter asked(kAnswers);
  absl::Notification stopped, go_on;
  std::vector<Responder> waiting;
  IoThreads one_thread(1);
  const auto listening = Listen(
      one_thread,
      {.address = "127.0.0.1:0", .answer_bytes_max = kBytes, .answer_bytes_per_share_max = kBytes},
      [&](const Request& request, Responder respond) {
        if (request.path == "/stop") {  // whoever sends
          stopped.Notify();
          go_on.WaitForNotification();
          return respond({.status = 204});
        }
        waiting.push_back(std::move(respond));
        asked.DecrementCount();
      });
  REQUIRE(listening.ok());
  std::vector<std::unique_ptr<RawClient>> clients;
  for (size_t i = 0; i < kAnswers; ++i) {
    clients.push_back(std::make_unique<RawClient>((*listening)->address()));
    REQUIRE(clients.back()->Send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"));
  }
  asked.Wait();
  RawClient last((*listening)->address());
  REQUIRE(last.Send("GET /stop HTTP/1.1\r\nHost: a\r\n\r\n"));
  stopped.WaitForNotification();
  const size_t before = HeapBytes();
  for (Responder& respond : waiting) respond({.body = std::string(kBytes, 'x'), .share = "a"});
  CHECK(HeapBytes() - before < 2 * kBytes);
  go_on.Notify();
  size_t refused = 0;
  for (const auto& client : clients) {
    refused += client->ReadUntil("\r\n\r\n").starts_with("HTTP/1.1 429");
  }
  CHECK(refused == kAnswers - 1);
}

TEST_CASE("a document is one in memory for all who do not read it", "[http]") {
  constexpr size_t kClients = 32;
  constexpr size_t kBytes = 8 << 20;  // more than a socket takes
  const auto document = Document::Make(std::string(kBytes, 'x'));
  IoThreads one_thread(1);
  const auto listening = Listen(
      one_thread,
      {.address = "127.0.0.1:0", .answer_bytes_max = kBytes, .answer_bytes_per_share_max = kBytes},
      [&](const Request&, Responder respond) {
        respond({.content_type = "application/yaml", .document = document});
      });
  REQUIRE(listening.ok());
  std::vector<std::unique_ptr<RawClient>> clients;
  const size_t before = HeapBytes();
  for (size_t i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<RawClient>((*listening)->address()));
    REQUIRE(clients.back()->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    const std::string head = clients.back()->ReadUntil("\r\n\r\n");
    CHECK(head.starts_with("HTTP/1.1 200"));
    CHECK(head.find(fmt::format("Content-Length: {}\r\n", kBytes)) != std::string::npos);
  }
  CHECK(HeapBytes() - before < kBytes);
  RawClient packs((*listening)->address());
  REQUIRE(packs.Send("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"));
  const std::string packed = packs.ReadResponse();
  CHECK(packed.find("Content-Encoding: gzip\r\n") != std::string::npos);
  CHECK(packed.ends_with(document->gzip()->bytes()));
}

TEST_CASE("a share is free again when its answers are taken", "[http]") {
  OnDemandServer server({.answer_bytes_max = 1'000'000, .answer_bytes_per_share_max = 100'000});
  RawClient client(server.address());
  for (int i = 0; i < 5; ++i) {
    REQUIRE(client.Send("GET /a?300000 HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(client.ReadResponse().starts_with("HTTP/1.1 200"));
  }
}

}  // namespace
}  // namespace skyden::http
