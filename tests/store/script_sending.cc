// SPDX-License-Identifier: Apache-2.0
// What a tenant does about what ends, and about where its audit is sent.
#include "fmt/format.h"
#include "skyden/store/directory_tx.h"
#include "tests/store/script.h"
#include "tests/store/script_text.h"

namespace skyden::store::testing {
namespace {

std::string Render(const AuditDestination& d) {
  return fmt::format("{} {} {} {} {} {} {} {}", d.id, d.name, d.endpoint, d.authorization,
                     d.has_authorization, d.log_format, absl::ToUnixSeconds(d.created_at),
                     absl::ToUnixSeconds(d.updated_at));
}

std::string Render(const AuditWebhook& w) {
  return fmt::format("to {} {} from {}, {} {} {} {}, replay {} {}", w.destination, w.enabled,
                     w.place, w.attempted_at.has_value(), w.response, w.delivered, w.failed,
                     NameOf(w.replay.progress), w.replay.place);
}

}  // namespace

void Script::Sending() {
  const absl::Time at = absl::FromUnixSeconds(steps_);
  // All tenants call theirs the same.
  AuditDestination destination;
  destination.id = fmt::format("d{}", Below(3));
  destination.name = fmt::format("n{}", Below(3));
  destination.endpoint = fmt::format("https://siem-{}.example.com", Below(100));
  if (Below(2) == 0) destination.authorization = fmt::format("Bearer {}", Below(100));
  destination.log_format = "json";
  destination.created_at = destination.updated_at = at;
  const auto write = [&](const std::string& what, Store::DirectoryWriteFn fn) {
    Say(what, store_.WriteDirectory(organization_, std::move(fn)));
  };
  write("destination", [&](DirectoryTx& tx) { return tx.PutAuditDestination(destination); });
  const bool enabled = Below(3) != 0;
  const uint64_t place = Below(3);
  if (Below(2) == 0) {
    write("webhook",
          [&](DirectoryTx& tx) { return tx.SetAuditWebhook(destination.id, enabled, place); });
  }
  AuditReplay replay;
  replay.progress = AuditReplay::Progress::kAccepted;
  replay.from = replay.to = replay.at = absl::FromUnixSeconds(static_cast<int64_t>(Below(3)));
  if (Below(3) == 0) {
    write("replay", [&](DirectoryTx& tx) { return tx.SetAuditReplay(replay); });
  }
  AuditAttempt attempt{.at = at, .response = 200, .entries = Below(3)};
  write("delivered",
        [&](DirectoryTx& tx) { return tx.NoteAuditDelivery(place, place + 1, attempt); });
  replay.progress = AuditReplay::Progress::kRunning;
  replay.place = Below(5);
  write("replayed", [&](DirectoryTx& tx) { return tx.NoteAuditReplay(replay, attempt); });
  if (Below(3) == 0) {
    const std::string gone = fmt::format("d{}", Below(3));
    write("no destination", [&](DirectoryTx& tx) { return tx.DeleteAuditDestination(gone); });
  }
  Say("sending", store_.ReadDirectory(organization_, [&](DirectoryReadTx& tx) {
    const auto all = tx.ListAuditDestinations();
    if (!all.ok()) return all.status();
    for (const AuditDestination& one : *all) Say(Render(one));
    const auto found = tx.FindAuditDestination(destination.id);
    if (!found.ok()) return found.status();
    Say(found->has_value() ? Render(**found) : "none");
    const auto webhook = tx.FindAuditWebhook();
    Say(webhook.ok() ? Render(*webhook) : webhook.status().ToString());
    return webhook.status();
  }));
}

void Script::Endings() {
  if (accounts_.empty()) return;
  const AccountRecord account = accounts_[Below(accounts_.size())];
  TokenRecord token = NewToken(fmt::format("tok{}", next_id_++), account);
  token.expires_at = absl::FromUnixSeconds(static_cast<int64_t>(Below(100)));
  // One that came of it ends too, and is none of them.
  TokenRecord session = NewSession(fmt::format("tok{}", next_id_++), account, token.id.str());
  session.expires_at = token.expires_at;
  const absl::Status made = store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    const absl::Status status = tx.InsertToken(token);
    return status.ok() ? tx.InsertToken(session) : status;
  });
  Say("a token that ends", made);
  if (made.ok()) tokens_.push_back(token.id);
  const auto from = absl::FromUnixSeconds(static_cast<int64_t>(Below(50)));
  const auto to = absl::FromUnixSeconds(static_cast<int64_t>(50 + Below(50)));
  Say("endings", store_.ReadDirectory(organization_, [&](DirectoryReadTx& tx) {
    const auto all = tx.ListEndingTokens(from, to, 5);
    if (!all.ok()) return all.status();
    for (const TokenOfAccount& one : *all) {
      Say(testing::Render(one.token) + " of " + testing::Render(one.account));
    }
    return absl::OkStatus();
  }));
}

}  // namespace skyden::store::testing
