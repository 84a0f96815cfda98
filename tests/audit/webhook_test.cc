// SPDX-License-Identifier: Apache-2.0
// Against a real HTTP server that takes deliveries, refuses them, and goes away.
#include "skyden/audit/webhook.h"

#include <catch2/catch.hpp>
#include <functional>

#include "absl/synchronization/mutex.h"
#include "fmt/format.h"
#include "skyden/base/crypto.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/audit/receiver.h"
#include "tests/env/test_store.h"
#include "tests/http/nasty_server.h"
#include "tests/store/testing.h"

namespace skyden::audit {
namespace {

std::unique_ptr<Webhook> Start(store::Store& store, base::Clock& clock, const Receiver& receiver) {
  WebhookOptions options;
  options.url = receiver.url();
  options.secret = "s3cret";
  options.retry_min = absl::Milliseconds(5);
  return Webhook::Start(store, clock, options).value();
}

TEST_CASE("entries are delivered signed, in order, and again after a refusal", "[audit]") {
  TestStore store;
  base::FakeClock clock(absl::FromUnixSeconds(1'700'000'000));
  const auto scope = store::testing::NewOrganization(*store, 1);
  Tell(*store, scope, "before it ran");
  Receiver receiver;
  receiver.RefuseNext(3);
  const auto webhook = Start(*store, clock, receiver);
  receiver.AwaitLines(1);
  CHECK(webhook->counters().failures == 3);
  Tell(*store, scope, "later");
  receiver.AwaitLines(2);
  // The second delivery began when the first had been taken.
  const auto attempt = webhook->last_attempt();
  REQUIRE(attempt.has_value());
  CHECK(attempt->status / 100 == 2);
  CHECK(attempt->at == clock.Now());

  const auto requests = receiver.Requests();
  REQUIRE(requests.size() == 2);
  const httplib::Request& first = requests[0];
  CHECK(first.get_header_value("content-type") == "application/x-ndjson");
  CHECK(first.get_header_value("x-skyden-organization") == store::testing::Uuid(1));
  CHECK(first.get_header_value("x-skyden-delivery") == store::testing::Uuid(1) + ":1-1");
  CHECK(first.get_header_value("x-skyden-signature") ==
        "t=1700000000,v1=" +
            base::HexLower(base::HmacSha256("s3cret", "1700000000." + first.body)));
  CHECK(first.body.find("before it ran") != std::string::npos);
  CHECK(requests[1].body.find("later") != std::string::npos);
}

TEST_CASE("each chain is delivered under its own name, from where it was left", "[audit]") {
  TestStore store;
  base::FakeClock clock(absl::FromUnixSeconds(1'700'000'000));
  const auto scope = store::testing::NewOrganization(*store, 1);
  const auto inside = store::testing::NewControlPlane(*store, scope, 2);
  Receiver receiver;
  const auto webhook = Start(*store, clock, receiver);
  Tell(*store, scope, "own");
  receiver.AwaitLines(1);
  for (const int lines : {2, 3}) {
    REQUIRE(store
                ->Write(inside,
                        [](store::WriteTx& tx) {
                          tx.Audit({absl::FromUnixSeconds(1), "a.b", "Thing", "inside", ""});
                          return absl::OkStatus();
                        })
                .ok());
    receiver.AwaitLines(lines);
  }
  std::vector<std::string> names;
  for (const auto& request : receiver.Requests()) {
    names.push_back(request.get_header_value("x-skyden-delivery"));
  }
  const std::string organization = store::testing::Uuid(1);
  const std::string control_plane = organization + "/" + store::testing::Uuid(2);
  CHECK(names == std::vector<std::string>{organization + ":1-1", control_plane + ":1-1",
                                          control_plane + ":2-2"});
}

TEST_CASE("nothing is lost and nothing sent twice across a restart", "[audit]") {
  TestStore store;
  base::RealClock clock;
  const auto scope = store::testing::NewOrganization(*store, 1);
  {
    Receiver receiver;
    const auto webhook = Start(*store, clock, receiver);
    Tell(*store, scope, "first");
    receiver.AwaitLines(1);
    // The cursor is written after the answer; the next delivery shows that it was.
    Tell(*store, scope, "second");
    receiver.AwaitLines(2);
  }
  for (int i = 0; i < 150; ++i) Tell(*store, scope, fmt::format("offline {}", i));
  store.Reopen();
  Receiver receiver;
  const auto webhook = Start(*store, clock, receiver);
  receiver.AwaitLines(150);
  std::string all;
  for (const auto& request : receiver.Requests()) all += request.body;
  CHECK(all.find("\"first\"") == std::string::npos);
  for (int i = 0; i < 150; ++i) {
    CHECK(all.find(fmt::format("\"offline {}\"", i)) != std::string::npos);
  }
}

TEST_CASE("a receiver that answers without an end, slowly or wrongly took nothing", "[audit]") {
  using Client = http::NastyServer::Client;
  static const std::string kMuch(4096, 'x');
  static const std::string kHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const auto way = GENERATE(
      as<std::function<void(Client&)>>(),
      [](Client& client) {
        client.Send(kHead);
        client.SendForEver("1000\r\n" + kMuch + "\r\n");
      },
      [](Client& client) { client.Send(kHead + "-1\r\nx\r\n0\r\n\r\n"); },
      [](Client& client) { client.SendForEver(kMuch); },
      [](Client& client) {
        client.Send(kHead + "0\r\n");
        client.Drip("A: b\r\n");
      },
      [](Client& client) { client.Send("HTTP/1.1 302 Found\r\nLocation: /y\r\n\r\n"); });
  TestStore store;
  base::FakeClock clock(absl::FromUnixSeconds(1'700'000'000));
  const auto scope = store::testing::NewOrganization(*store, 1);
  Tell(*store, scope, "one");
  absl::Mutex mu;
  int times = 0;
  const http::NastyServer server([&](Client& client) {
    {
      absl::MutexLock lock(&mu);
      ++times;
    }
    way(client);
  });
  WebhookOptions options;
  options.url = server.url();
  options.secret = "s3cret";
  options.retry_min = options.retry_max = absl::Milliseconds(1);
  options.time_max = absl::Milliseconds(50);
  const auto webhook = Webhook::Start(*store, clock, options).value();
  {
    absl::MutexLock lock(&mu);
    const auto again = [&times] { return times >= 3; };
    REQUIRE(mu.AwaitWithTimeout(absl::Condition(&again), absl::Seconds(60)));
  }
  CHECK(webhook->counters().delivered == 0);
  CHECK(webhook->counters().failures >= 2);
  CHECK(server.sent() < (256u << 20));
}

TEST_CASE("a webhook that cannot work is refused at start", "[audit]") {
  TestStore store;
  base::RealClock clock;
  WebhookOptions options;
  options.secret = "x";
  for (const char* url : {"", "ftp://x/", "http://", "http:///path"}) {
    options.url = url;
    CHECK(absl::IsInvalidArgument(Webhook::Start(*store, clock, options).status()));
  }
  options.url = "http://127.0.0.1:1/";
  options.secret = "";
  CHECK(absl::IsInvalidArgument(Webhook::Start(*store, clock, options).status()));
}

}  // namespace
}  // namespace skyden::audit
