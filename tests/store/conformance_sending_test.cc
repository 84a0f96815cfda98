// SPDX-License-Identifier: Apache-2.0
// What ends, and where an organization has its audit sent.
#include "skyden/store/directory_tx.h"
#include "tests/store/conformance.h"

namespace skyden::store::testing {
namespace {

using Progress = AuditReplay::Progress;

const absl::Time kAt = absl::FromUnixSeconds(1'700'000'000);

AuditDestination Siem(const std::string& id, const std::string& name) {
  return {.id = id,
          .name = name,
          .endpoint = "https://siem.example.com/" + id,
          .authorization = "Bearer " + id,
          .log_format = "json",
          .created_at = kAt,
          .updated_at = kAt};
}

template <class Engine>
struct Senders : World<Engine> {
  absl::Status Write(Store::DirectoryWriteFn fn) {
    return this->store().WriteDirectory(this->organization, std::move(fn));
  }
  AuditWebhook Webhook(const model::OrganizationScope& scope) {
    AuditWebhook webhook;
    REQUIRE(this->store()
                .ReadDirectory(scope,
                               [&](DirectoryReadTx& tx) {
                                 auto found = tx.FindAuditWebhook();
                                 if (found.ok()) webhook = *std::move(found);
                                 return found.status();
                               })
                .ok());
    return webhook;
  }
  std::optional<AuditDestination> Find(const model::OrganizationScope& scope,
                                       const std::string& id) {
    std::optional<AuditDestination> destination;
    REQUIRE(this->store()
                .ReadDirectory(scope,
                               [&](DirectoryReadTx& tx) {
                                 auto found = tx.FindAuditDestination(id);
                                 if (found.ok()) destination = *std::move(found);
                                 return found.status();
                               })
                .ok());
    return destination;
  }
  // "name name": in the order in which they come.
  std::string Names() {
    std::string names;
    REQUIRE(this->store()
                .ReadDirectory(this->organization,
                               [&](DirectoryReadTx& tx) {
                                 const auto all = tx.ListAuditDestinations();
                                 if (!all.ok()) return all.status();
                                 for (const AuditDestination& one : *all) {
                                   names += one.name + " ";
                                   CHECK(one.authorization.empty());
                                   CHECK(one.has_authorization);
                                 }
                                 return absl::OkStatus();
                               })
                .ok());
    return names;
  }
  // Ids of tokens that end, as they are told.
  std::string Ending(absl::Time from, absl::Time to, size_t limit) {
    std::string ids;
    REQUIRE(this->store()
                .ReadDirectory(this->organization,
                               [&](DirectoryReadTx& tx) {
                                 const auto all = tx.ListEndingTokens(from, to, limit);
                                 if (!all.ok()) return all.status();
                                 for (const TokenOfAccount& one : *all) {
                                   CHECK(one.token.account == one.account.id);
                                   ids += one.token.id.str() + " ";
                                 }
                                 return absl::OkStatus();
                               })
                .ok());
    return ids;
  }
};

TEMPLATE_TEST_CASE("a destination of the audit is read as it was written, by its organization",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  Senders<TestType> w;
  REQUIRE(w.Write([](DirectoryTx& tx) {
             if (absl::Status s = tx.PutAuditDestination(Siem("b", "first")); !s.ok()) return s;
             return tx.PutAuditDestination(Siem("a", "second"));
           }).ok());
  CHECK(w.Names() == "second first ");
  const auto found = w.Find(w.organization, "b");
  REQUIRE(found.has_value());
  CHECK(found->authorization == "Bearer b");
  CHECK(found->endpoint == "https://siem.example.com/b");
  CHECK(found->log_format == "json");
  CHECK(found->created_at == kAt);
  AuditDestination changed = *found;
  changed.endpoint = "https://other.example.com";
  changed.authorization.clear();
  changed.created_at = kAt + absl::Hours(1);
  changed.updated_at = kAt + absl::Hours(1);
  REQUIRE(w.Write([&](DirectoryTx& tx) { return tx.PutAuditDestination(changed); }).ok());
  CHECK(w.Find(w.organization, "b")->endpoint == "https://other.example.com");
  CHECK_FALSE(w.Find(w.organization, "b")->has_authorization);
  CHECK(w.Find(w.organization, "b")->created_at == kAt);
  CHECK(absl::IsAlreadyExists(
      w.Write([](DirectoryTx& tx) { return tx.PutAuditDestination(Siem("c", "second")); })));

  // Another organization has none of it, and calls its own the same.
  const auto other = NewOrganization(w.store(), 7);
  CHECK_FALSE(w.Find(other, "a").has_value());
  CHECK(absl::IsNotFound(w.store().WriteDirectory(
      other, [](DirectoryTx& tx) { return tx.DeleteAuditDestination("a"); })));
  REQUIRE(
      w.store()
          .WriteDirectory(
              other, [](DirectoryTx& tx) { return tx.PutAuditDestination(Siem("a", "second")); })
          .ok());
  REQUIRE(w.Write([](DirectoryTx& tx) { return tx.DeleteAuditDestination("a"); }).ok());
  CHECK_FALSE(w.Find(w.organization, "a").has_value());
  CHECK(w.Find(other, "a").has_value());
}

TEMPLATE_TEST_CASE("what became of a delivery is noted where it was still meant",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  Senders<TestType> w;
  CHECK_FALSE(w.Webhook(w.organization).enabled);
  CHECK(absl::IsNotFound(w.Write([](DirectoryTx& tx) { return tx.SetAuditReplay({}); })));
  REQUIRE(w.Write([](DirectoryTx& tx) { return tx.SetAuditWebhook("a", true, 5); }).ok());
  const auto note = [&](uint64_t before, uint64_t place, const AuditAttempt& attempt) {
    REQUIRE(w.Write([&](DirectoryTx& tx) {
               return tx.NoteAuditDelivery(before, place, attempt);
             }).ok());
    return w.Webhook(w.organization);
  };
  AuditWebhook seen = note(5, 5, {.at = kAt, .response = 503});
  CHECK(seen.place == 5);
  CHECK(seen.attempted_at == kAt);
  CHECK(seen.response == 503);
  CHECK((seen.failed == 1 && seen.delivered == 0));
  seen = note(5, 8, {.at = kAt + absl::Seconds(1), .response = 204, .entries = 3});
  CHECK(seen.place == 8);
  CHECK(seen.response == 204);
  CHECK((seen.failed == 1 && seen.delivered == 3));
  seen = note(5, 9, {.at = kAt, .response = 200, .entries = 1});
  CHECK((seen.place == 8 && seen.delivered == 3));

  // Set anew, nothing is known of attempts; what was taken stays counted.
  REQUIRE(w.Write([](DirectoryTx& tx) { return tx.SetAuditWebhook("b", false, 8); }).ok());
  seen = w.Webhook(w.organization);
  CHECK((seen.destination == "b" && !seen.enabled && seen.place == 8));
  CHECK_FALSE(seen.attempted_at.has_value());
  CHECK((seen.response == 0 && seen.delivered == 3));

  AuditReplay replay{.progress = Progress::kAccepted, .from = kAt, .to = kAt, .at = kAt};
  REQUIRE(w.Write([&](DirectoryTx& tx) { return tx.SetAuditReplay(replay); }).ok());
  AuditReplay another = replay;
  another.at = kAt + absl::Seconds(1);
  for (AuditReplay* one : {&another, &replay}) {
    one->progress = Progress::kRunning;
    one->place = one == &replay ? 4 : 9;
    REQUIRE(w.Write([&](DirectoryTx& tx) {
               return tx.NoteAuditReplay(*one, {.at = kAt, .response = 200, .entries = 4});
             }).ok());
  }
  seen = w.Webhook(w.organization);
  CHECK(seen.replay.progress == Progress::kRunning);
  CHECK((seen.replay.place == 4 && seen.replay.from == kAt && seen.delivered == 7));
  CHECK(w.Webhook(NewOrganization(w.store(), 7)).destination.empty());
}

TEMPLATE_TEST_CASE("tokens that end are listed as they end, whosever they are",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  Senders<TestType> w;
  AccountRecord robot = NewAccount(30, "robot");
  AccountRecord person = NewAccount(31, "person");
  person.kind = AccountRecord::Kind::kUser;
  REQUIRE(w.Write([&](DirectoryTx& tx) {
             for (const AccountRecord* one : {&robot, &person}) {
               if (absl::Status s = tx.InsertAccount(*one); !s.ok()) return s;
             }
             const auto token = [&](const char* id, const AccountRecord& of, int hours) {
               TokenRecord record = NewToken(id, of);
               record.expires_at = std::nullopt;
               if (hours > 0) record.expires_at = kAt + absl::Hours(hours);
               return tx.InsertToken(record);
             };
             TokenRecord session = NewSession("session", person, "t1");
             session.expires_at = kAt + absl::Hours(1);
             for (const absl::Status& s :
                  {token("t3", person, 3), token("t1", robot, 1), token("t2", person, 2),
                   token("t2b", robot, 2), token("never", robot, 0), token("revoked", robot, 1),
                   tx.InsertToken(session), tx.RevokeToken(model::TokenId("revoked"), kAt)}) {
               if (!s.ok()) return s;
             }
             return absl::OkStatus();
           }).ok());
  CHECK(w.Ending(kAt, kAt + absl::Hours(9), 10) == "t1 t2 t2b t3 ");
  CHECK(w.Ending(kAt + absl::Hours(2), kAt + absl::Hours(3), 10) == "t2 t2b ");
  CHECK(w.Ending(kAt, kAt + absl::Hours(9), 2) == "t1 t2 ");
  REQUIRE(w.Write([&](DirectoryTx& tx) { return tx.DeleteAccount(person.id); }).ok());
  CHECK(w.Ending(kAt, kAt + absl::Hours(9), 10) == "t1 t2b ");
}

TEMPLATE_TEST_CASE("an organization that ends takes along where its audit was sent",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  Senders<TestType> w;
  const auto other = NewOrganization(w.store(), 7);
  for (const auto& scope : {w.organization, other}) {
    REQUIRE(w.store()
                .WriteDirectory(scope,
                                [](DirectoryTx& tx) {
                                  const absl::Status s = tx.PutAuditDestination(Siem("a", "x"));
                                  return s.ok() ? tx.SetAuditWebhook("a", true, 1) : s;
                                })
                .ok());
  }
  REQUIRE(w.store().EndOrganization(System(), other.organization(), kAt).ok());
  CHECK(w.Find(w.organization, "a").has_value());
  CHECK(w.Webhook(w.organization).enabled);
  CHECK_FALSE(w.Webhook(other).enabled);
  CHECK_FALSE(w.Find(other, "a").has_value());
}

}  // namespace
}  // namespace skyden::store::testing
