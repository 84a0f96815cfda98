// SPDX-License-Identifier: Apache-2.0
#include "skyden/audit/destinations.h"

#include <catch2/catch.hpp>

#include "fmt/format.h"
#include "skyden/audit/cef.h"
#include "skyden/base/status.h"
#include "skyden/base/version.h"
#include "skyden/store/directory_tx.h"
#include "tests/env/test_store.h"
#include "tests/store/testing.h"

namespace skyden::audit {
namespace {

using Progress = store::AuditReplay::Progress;

struct World {
  store::AuditDestination Create(const std::string& name) {
    const auto made =
        destinations.Create(scope, {.name = name,
                                    .endpoint = "https://siem.example.com/collect?key=pa55",
                                    .authorization = "Splunk s3cret"});
    INFO(made.status());
    REQUIRE(made.ok());
    return *made;
  }
  // What went along, as whoever sends finds it.
  std::string AuthorizationOf(const std::string& id) {
    std::string authorization;
    REQUIRE(store
                ->ReadDirectory(scope,
                                [&](store::DirectoryReadTx& tx) {
                                  const auto found = tx.FindAuditDestination(id);
                                  REQUIRE((found.ok() && found->has_value()));
                                  authorization = (*found)->authorization;
                                  return absl::OkStatus();
                                })
                .ok());
    return authorization;
  }
  // Every line of the organization's audit.
  std::string Audit() {
    std::string all;
    REQUIRE(store
                ->ReadDirectory(scope,
                                [&](store::DirectoryReadTx& tx) {
                                  const auto page = tx.ListAudit({});
                                  REQUIRE(page.ok());
                                  for (const auto& entry : page->entries) {
                                    all += store::AuditLine(entry) + "\n";
                                  }
                                  return absl::OkStatus();
                                })
                .ok());
    return all;
  }

  TestStore store;
  base::FakeClock clock{absl::FromUnixSeconds(1'700'000'000)};
  model::OrganizationScope scope = store::testing::NewOrganization(*store, 1);
  Destinations destinations{*store, clock, Endpoints::kOutside};
};

TEST_CASE("an endpoint is somewhere else and spoken to in private, unless more is allowed",
          "[audit]") {
  struct Row {
    const char* endpoint;
    bool outside, anywhere;
  };
  const Row rows[] = {
      {"https://siem.example.com", true, true},
      {"https://siem.example.com:8443/a?b=c", true, true},
      {"https://10.1.2.3/x", true, true},
      {"http://siem.example.com", false, false},
      {"http://10.1.2.3", false, false},
      {"ftp://siem.example.com", false, false},
      {"siem.example.com", false, false},
      {"", false, false},
      {"https://", false, false},
      {"https://user:password@siem.example.com", false, false},
      {"https://siem.example.com/a b", false, false},
      {"https://siem.example.com/\r\nx: y", false, false},
      {"https://127.0.0.1", false, true},
      {"http://127.0.0.1:8080", false, true},
      {"http://localhost", false, true},
      {"http://[::1]:9000/", false, true},
      {"https://169.254.169.254/latest", false, true},
      {"https://[fe80::1]/", false, true},
      {"https://0x7f000001/", false, true},
  };
  for (const Row& row : rows) {
    INFO(row.endpoint);
    CHECK(CheckEndpoint(row.endpoint, Endpoints::kOutside).ok() == row.outside);
    CHECK(CheckEndpoint(row.endpoint, Endpoints::kAnywhere).ok() == row.anywhere);
  }
  const std::string begin = "https://siem.example.com/";
  CHECK(CheckEndpoint(begin + std::string(kEndpointBytes - begin.size(), 'x'), Endpoints::kOutside)
            .ok());
  CHECK_FALSE(CheckEndpoint(begin + std::string(kEndpointBytes, 'x'), Endpoints::kOutside).ok());
}

TEST_CASE("a destination is made, changed and deleted, and what goes along is told to nobody",
          "[audit]") {
  World w;
  const auto made = w.Create("siem");
  CHECK(made.authorization.empty());
  CHECK(made.has_authorization);
  CHECK(made.log_format == "json");
  CHECK(w.destinations.Find(w.scope, made.id)->authorization.empty());
  CHECK(w.destinations.List(w.scope)->size() == 1);
  CHECK(w.AuthorizationOf(made.id) == "Splunk s3cret");

  CHECK(absl::IsAlreadyExists(
      w.destinations.Create(w.scope, {.name = "siem", .endpoint = "https://a.example.com"})
          .status()));
  CHECK(w.destinations.Update(w.scope, made.id, {.name = "SIEM"})->name == "SIEM");
  CHECK(w.AuthorizationOf(made.id) == "Splunk s3cret");
  // It was meant for the other endpoint.
  const auto moved =
      w.destinations.Update(w.scope, made.id, {.endpoint = "https://b.example.com/x"});
  REQUIRE(moved.ok());
  CHECK_FALSE(moved->has_authorization);
  CHECK(w.AuthorizationOf(made.id).empty());
  CHECK(absl::IsNotFound(w.destinations.Update(w.scope, "none", {}).status()));

  const std::string audit = w.Audit();
  INFO(audit);
  CHECK(audit.find("audit_destination.create") != std::string::npos);
  CHECK(audit.find("\"siem.example.com\"") != std::string::npos);
  CHECK(audit.find("audit_destination.update") != std::string::npos);
  for (const char* secret : {"s3cret", "pa55", "collect"}) {
    CHECK(audit.find(secret) == std::string::npos);
  }
  REQUIRE(w.destinations.Delete(w.scope, made.id).ok());
  CHECK(absl::IsNotFound(w.destinations.Find(w.scope, made.id).status()));
  CHECK(absl::IsNotFound(w.destinations.Delete(w.scope, made.id)));
}

TEST_CASE("what cannot be a destination is refused with all that is wrong", "[audit]") {
  World w;
  const auto fields = [&](const DestinationChange& with) {
    std::string names;
    const absl::Status made = w.destinations.Create(w.scope, with).status();
    CHECK(absl::IsInvalidArgument(made));
    for (const auto& violation : base::ViolationsOf(made)) names += violation.field + " ";
    return names;
  };
  CHECK(fields({}) == "name endpoint ");
  CHECK(fields({.name = "",
                .endpoint = "http://x",
                .authorization = "a\r\nb: c",
                .log_format = "cps"}) == "name endpoint authorization log_format ");
  CHECK(fields({.name = std::string(kDestinationNameBytes + 1, 'x'),
                .endpoint = "https://a.example.com"}) == "name ");
  CHECK(fields({.name = "x",
                .endpoint = "https://a.example.com",
                .authorization = std::string(kAuthorizationBytes + 1, 'x')}) == "authorization ");
  for (size_t i = 0; i < kDestinationsMax; ++i) w.Create(fmt::format("d{}", i));
  CHECK(absl::IsResourceExhausted(
      w.destinations.Create(w.scope, {.name = "x", .endpoint = "https://a.example.com"}).status()));
}

TEST_CASE("the webhook has a destination that is there, and keeps it from being deleted",
          "[audit]") {
  World w;
  CHECK_FALSE(w.destinations.Webhook(w.scope)->destination.has_value());
  CHECK(absl::IsInvalidArgument(w.destinations.SetWebhook(w.scope, {.enabled = true}).status()));
  CHECK(absl::IsInvalidArgument(
      w.destinations.SetWebhook(w.scope, {.destination = "none"}).status()));
  const auto made = w.Create("siem");
  const auto set = w.destinations.SetWebhook(w.scope, {.destination = made.id, .enabled = true});
  REQUIRE(set.ok());
  CHECK(set->webhook.enabled);
  CHECK(set->destination->id == made.id);
  CHECK(set->destination->authorization.empty());
  CHECK(set->webhook.place > 0);  // what was done before is not sent
  CHECK(absl::IsFailedPrecondition(w.destinations.Delete(w.scope, made.id)));
  // Another organization's is none.
  const auto other = store::testing::NewOrganization(*w.store, 2);
  CHECK(
      absl::IsInvalidArgument(w.destinations.SetWebhook(other, {.destination = made.id}).status()));
  CHECK(absl::IsNotFound(w.destinations.Find(other, made.id).status()));
  const auto unset = w.destinations.SetWebhook(w.scope, {.destination = "", .enabled = false});
  REQUIRE(unset.ok());
  CHECK_FALSE(unset->destination.has_value());
  CHECK(w.destinations.Delete(w.scope, made.id).ok());
}

TEST_CASE("a replay is asked for while something is sent, and given up with it", "[audit]") {
  World w;
  const absl::Time now = w.clock.Now();
  CHECK(w.destinations.Replay(w.scope)->progress == Progress::kNone);
  CHECK(absl::IsFailedPrecondition(
      w.destinations.StartReplay(w.scope, now - absl::Hours(1), now).status()));
  const auto made = w.Create("siem");
  REQUIRE(w.destinations.SetWebhook(w.scope, {.destination = made.id, .enabled = true}).ok());
  CHECK(absl::IsInvalidArgument(
      w.destinations.StartReplay(w.scope, now, now - absl::Hours(1)).status()));
  CHECK(absl::IsInvalidArgument(
      w.destinations.StartReplay(w.scope, now - kReplayMax - absl::Seconds(1), now).status()));
  const auto first = w.destinations.StartReplay(w.scope, now - absl::Hours(1), now);
  REQUIRE(first.ok());
  CHECK(first->progress == Progress::kAccepted);
  // At the same time, and yet another one.
  CHECK(w.destinations.StartReplay(w.scope, now - absl::Hours(2), now)->at > first->at);
  REQUIRE(w.destinations.SetWebhook(w.scope, {.enabled = false}).ok());
  CHECK(w.destinations.Replay(w.scope)->progress == Progress::kFailed);
}

TEST_CASE("an entry is one line of the Common Event Format, whatever it says", "[audit]") {
  store::AuditEntry entry;
  entry.sequence = 7;
  entry.control_plane = model::ControlPlaneId("11111111-0000-4000-8000-000000000000");
  entry.actor_id = "a=b\\c";
  entry.actor_name = "two\nlines\r";
  entry.origin.request_id = "r";
  entry.note = {absl::FromUnixMillis(1'700'000'000'123), "resource|update", "Mesh", "m",
                R"({"a":1})"};
  CHECK(CefLine(entry) ==
        fmt::format("CEF:0|Skyden|Skyden|{}|resource\\|update|resource\\|update|3|"
                    "rt=1700000000123 externalId=7 suid=a\\=b\\\\c suser=two\\nlines\\r "
                    "cs1Label=controlPlane cs1=11111111-0000-4000-8000-000000000000 "
                    "cs2Label=objectType cs2=Mesh cs3Label=object cs3=m "
                    "cs4Label=requestId cs4=r msg={{\"a\":1}}",
                    base::Version()));
  entry.note.action = "authentication.refused";
  entry.note.object_type = entry.note.object_name = entry.note.detail = "";
  CHECK(CefLine(entry).find("|5|rt=") != std::string::npos);
  CHECK(CefLine(entry).ends_with("cs4=r"));
}

}  // namespace
}  // namespace skyden::audit
