// SPDX-License-Identifier: Apache-2.0
// Against real HTTP servers that take deliveries, refuse them, or never answer.
#include "skyden/audit/sender.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <thread>

#include "skyden/base/rfc3339.h"
#include "skyden/store/tenant_tx.h"
#include "tests/audit/receiver.h"
#include "tests/env/test_store.h"
#include "tests/http/nasty_server.h"
#include "tests/store/testing.h"

namespace skyden::audit {
namespace {

using Progress = store::AuditReplay::Progress;

// An organization with a control plane, and where its audit goes.
struct Sends {
  Sends(store::Store& of, base::Clock& clock, int n)
      : store(of),
        destinations(of, clock, Endpoints::kAnywhere),
        scope(store::testing::NewOrganization(of, n)),
        inside(store::testing::NewControlPlane(of, scope, n)) {}

  std::string To(const std::string& url) {
    const auto made = destinations.Create(
        scope, {.name = url, .endpoint = url, .authorization = "Bearer s3cret"});
    INFO(made.status());
    REQUIRE(made.ok());
    Set({.destination = made->id, .enabled = true});
    return made->id;
  }
  void Set(const WebhookChange& change) { REQUIRE(destinations.SetWebhook(scope, change).ok()); }
  // "<name> <i>" at `at(i)`, all at once.
  void TellMany(const std::string& name, int count, const std::function<absl::Time(int)>& at) {
    REQUIRE(store
                .WriteDirectory(
                    scope,
                    [&](store::DirectoryTx& tx) {
                      for (int i = 0; i < count; ++i) {
                        tx.Audit({at(i), "a.b", "Thing", fmt::format("{} {}", name, i), ""});
                      }
                      return absl::OkStatus();
                    })
                .ok());
  }
  void TellInside(const std::string& name) {
    REQUIRE(store
                .Write(inside,
                       [&](store::WriteTx& tx) {
                         tx.Audit({absl::FromUnixSeconds(1), "a.b", "Thing", name, ""});
                         return absl::OkStatus();
                       })
                .ok());
  }
  store::AuditWebhook State() const {
    const auto view = destinations.Webhook(scope);
    REQUIRE(view.ok());
    return view->webhook;
  }

  store::Store& store;
  Destinations destinations;
  model::OrganizationScope scope;
  model::TenantScope inside;
};

std::unique_ptr<Sender> Start(store::Store& store, base::Clock& clock,
                              Endpoints allowed = Endpoints::kAnywhere) {
  SenderOptions options;
  options.allowed = allowed;
  options.retry_min = absl::Milliseconds(5);
  options.time_max = absl::Seconds(60);
  return Sender::Start(store, clock, std::move(options)).value();
}

// Whether something comes to be; what becomes of an answer is noted behind it.
template <class Condition>
bool Becomes(Condition condition) {
  const absl::Duration until = base::RealClock().Monotonic() + absl::Seconds(30);
  while (!condition()) {
    if (base::RealClock().Monotonic() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

struct World {
  TestStore store;
  base::FakeClock clock{absl::FromUnixSeconds(1'700'000'000)};
  Sends own{*store, clock, 1};
  Receiver receiver;
};

TEST_CASE("an organization's audit is sent where it says, in the order in which it was written",
          "[audit][sender]") {
  World w;
  Tell(*w.store, w.own.scope, "before");
  const auto sender = Start(*w.store, w.clock);
  w.own.To(w.receiver.url());
  w.receiver.AwaitLines(1);  // that it is sent from now on
  w.own.TellInside("first");
  w.receiver.AwaitLines(2);
  Tell(*w.store, w.own.scope, "second");
  w.receiver.AwaitLines(3);
  const auto requests = w.receiver.Requests();
  const httplib::Request& first = requests.front();
  CHECK(first.get_header_value("content-type") == "application/x-ndjson");
  CHECK(first.get_header_value("authorization") == "Bearer s3cret");
  CHECK(first.get_header_value("x-skyden-organization") == store::testing::Uuid(1));
  CHECK(first.get_header_value("x-skyden-delivery").starts_with(store::testing::Uuid(1) + ":"));
  CHECK_FALSE(first.has_header("x-skyden-replay"));
  const std::string all = w.receiver.Text();
  INFO(all);
  CHECK(all.find("\"before\"") == std::string::npos);
  CHECK(all.find("audit_webhook.update") < all.find("\"first\""));
  CHECK(all.find("\"first\"") < all.find("\"second\""));
  CHECK(all.find("s3cret") == std::string::npos);
}

TEST_CASE("who wants the Common Event Format is sent that", "[audit][sender]") {
  World w;
  const auto sender = Start(*w.store, w.clock);
  const std::string id = w.own.To(w.receiver.url());
  w.receiver.AwaitLines(1);
  REQUIRE(w.own.destinations.Update(w.own.scope, id, {.log_format = "cef"}).ok());
  Tell(*w.store, w.own.scope, "later");
  w.receiver.AwaitText(" cs3=later");
  CHECK(w.receiver.Requests().back().get_header_value("content-type") ==
        "text/plain; charset=utf-8");
}

TEST_CASE("what is not taken is sent again, and how it goes is known", "[audit][sender]") {
  World w;
  w.receiver.RefuseNext(2);
  const auto sender = Start(*w.store, w.clock);
  w.own.To(w.receiver.url());
  w.receiver.AwaitLines(1);
  Tell(*w.store, w.own.scope, "later");
  w.receiver.AwaitLines(2);  // what came of the first is noted by now
  const store::AuditWebhook state = w.own.State();
  CHECK(state.failed == 2);
  CHECK(state.delivered >= 1);
  CHECK(state.response == 200);
  CHECK(state.attempted_at == w.clock.Now());
  CHECK(sender->counters().failures == 2);
}

TEST_CASE("nothing is lost across a restart", "[audit][sender]") {
  World w;
  {
    const auto sender = Start(*w.store, w.clock);
    w.own.To(w.receiver.url());
    w.receiver.AwaitLines(1);
  }
  w.own.TellMany("offline", 250, [](int) { return absl::FromUnixSeconds(1); });
  const auto sender = Start(*w.store, w.clock);
  w.receiver.AwaitText("\"offline 249\"");
  const std::string all = w.receiver.Text();
  for (int i = 0; i < 250; ++i) {
    CHECK(all.find(fmt::format("\"offline {}\"", i)) != std::string::npos);
  }
}

TEST_CASE("who switches it off is sent nothing, and begins with what comes then",
          "[audit][sender]") {
  World w;
  const auto sender = Start(*w.store, w.clock);
  w.own.To(w.receiver.url());
  w.receiver.AwaitLines(1);
  w.own.Set({.enabled = false});
  Tell(*w.store, w.own.scope, "meanwhile");
  w.own.TellInside("meanwhile");
  w.own.Set({.enabled = true});
  Tell(*w.store, w.own.scope, "afterwards");
  w.receiver.AwaitLines(3);
  const std::string all = w.receiver.Text();
  CHECK(all.find("\"meanwhile\"") == std::string::npos);
  CHECK(all.find("\"afterwards\"") != std::string::npos);
}

TEST_CASE("a span of time is sent once more for who asks for it", "[audit][sender]") {
  World w;
  const auto at = [](int minutes) {
    return absl::FromUnixSeconds(1'600'000'000) + absl::Minutes(minutes);
  };
  w.own.TellMany("old", 230, at);
  const auto sender = Start(*w.store, w.clock);
  w.own.To(w.receiver.url());
  w.receiver.AwaitLines(1);
  REQUIRE(w.own.destinations.StartReplay(w.own.scope, at(10), at(219)).ok());
  const auto is_completed = [&w] { return w.own.State().replay.progress == Progress::kCompleted; };
  REQUIRE(Becomes(is_completed));
  w.receiver.AwaitLines(1 + 1 + 210);  // with that it was asked for
  std::string replayed;
  for (const auto& request : w.receiver.Requests()) {
    if (request.get_header_value("x-skyden-replay") == base::FormatRfc3339(w.clock.Now())) {
      replayed += request.body;
    }
  }
  CHECK(std::count(replayed.begin(), replayed.end(), '\n') == 210);
  CHECK(replayed.find("\"old 9\"") == std::string::npos);
  CHECK(replayed.find("\"old 10\"") != std::string::npos);
  CHECK(replayed.find("\"old 219\"") != std::string::npos);
  CHECK(replayed.find("\"old 220\"") == std::string::npos);
  // One with nothing in it is over at once.
  REQUIRE(w.own.destinations.StartReplay(w.own.scope, at(-20), at(-10)).ok());
  REQUIRE(Becomes(is_completed));
  w.receiver.AwaitLines(1 + 1 + 210 + 1);
  CHECK(w.own.State().failed == 0);
}

TEST_CASE("organizations hear nothing of each other, and do not wait for one whose end is slow",
          "[audit][sender]") {
  World w;
  Sends other(*w.store, w.clock, 2);
  const http::NastyServer silent([](http::NastyServer::Client& client) { client.Wait(); });
  const auto sender = Start(*w.store, w.clock);
  other.To(silent.url());
  w.own.To(w.receiver.url());
  w.receiver.AwaitLines(1);
  other.TellInside("theirs");
  w.own.TellInside("ours");
  w.receiver.AwaitLines(2);
  const std::string all = w.receiver.Text();
  CHECK(all.find("\"theirs\"") == std::string::npos);
  CHECK(all.find("\"ours\"") != std::string::npos);
}

TEST_CASE("an address of this host is not gone to where that is not allowed", "[audit][sender]") {
  World w;
  w.own.To(w.receiver.url());
  const auto sender = Start(*w.store, w.clock, Endpoints::kOutside);
  CHECK(Becomes([&sender] { return sender->counters().failures >= 2; }));
  CHECK(w.receiver.Requests().empty());
  CHECK(w.own.State().response == 0);
}

}  // namespace
}  // namespace skyden::audit
