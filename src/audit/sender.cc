// SPDX-License-Identifier: Apache-2.0
// What there is to send is read anew for each delivery, with where it goes: whoever changes that
// has it used by the next one. An organization is on one thread at a time, so its deliveries follow
// each other.
#include "skyden/audit/sender.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <utility>

#include "audit/delivery.h"
#include "skyden/audit/cef.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/status.h"
#include "skyden/store/daemons.h"
#include "skyden/store/directory_tx.h"
#include "skyden/telemetry/log.h"

namespace skyden::audit {
namespace {

using store::AuditReplay;

constexpr int kDeliveriesPerTurn = 16;

absl::Duration Now() { return base::RealClock().Monotonic(); }
model::SystemScope SenderScope() { return model::SystemScope::For("audit destinations"); }

}  // namespace

// One delivery: what is to be sent, where, and what to remember then.
struct Sender::Batch {
  std::string organization_id;
  std::optional<store::AuditDestination> destination;  // nullopt: nothing is sent for them
  uint64_t place = 0;                                  // before it
  std::vector<store::AuditEntry> entries;
  // Once sent; nullopt where it is no replay.
  std::optional<AuditReplay> replay;

  bool IsNothing() const { return entries.empty() && !replay.has_value(); }
};

absl::StatusOr<std::unique_ptr<Sender>> Sender::Start(store::Store& store, base::Clock& clock,
                                                      SenderOptions options) {
  std::unique_ptr<Sender> sender(new Sender(store, clock, std::move(options)));
  Sender* const raw = sender.get();
  sender->subscription_ =
      store.SubscribeAudit([raw](const store::AuditGrowth& grown) { raw->Hear(grown); });
  SKYDEN_ASSIGN_OR_RETURN(const auto organizations, store.ListOrganizations(SenderScope()));
  {
    absl::MutexLock lock(&raw->mu_);
    for (const auto& each : organizations) {
      raw->Queue(each.key, {Now(), raw->options_.retry_min});
    }
  }
  if (store::Daemons* const daemons = store::DaemonsOf(store); daemons != nullptr) {
    sender->daemons_ = daemons->SubscribeDaemons([raw] { raw->LookWhoLeads(); });
  }
  sender->LookWhoLeads();
  for (size_t i = 0; i < sender->options_.threads; ++i) {
    sender->threads_.emplace_back([raw] { raw->Loop(); });
    pthread_setname_np(sender->threads_.back().native_handle(), "audit-sender");
  }
  return sender;
}

Sender::Sender(store::Store& store, base::Clock& clock, SenderOptions options)
    : store_(store), clock_(clock), options_(std::move(options)) {}

Sender::~Sender() {
  daemons_ = nullptr;
  subscription_ = nullptr;
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
    changed_.SignalAll();
  }
  interrupt_.Raise();
  for (std::thread& thread : threads_) thread.join();
}

bool Sender::stopping() const {
  absl::MutexLock lock(&mu_);
  return stopping_;
}

// On the engine's thread, of every change that a person makes.
void Sender::Hear(const store::AuditGrowth& grown) {
  absl::MutexLock lock(&mu_);
  const bool own = grown.chain == model::TenantKey{};
  if (!own && !enabled_.contains(grown.organization)) return;
  Queue(grown.organization, {Now(), options_.retry_min});
}

void Sender::LookWhoLeads() {
  const bool leads = store::Leads(store_);
  absl::MutexLock lock(&mu_);
  leads_ = leads;
  changed_.SignalAll();
}

// Who waits already keeps their turn: after a failure it is later.
void Sender::Queue(model::OrganizationKey organization, Turn turn) {
  if (waiting_.try_emplace(organization, turn).second) changed_.SignalAll();
}

std::optional<model::OrganizationKey> Sender::Take(Turn& turn) {
  absl::MutexLock lock(&mu_);
  for (;;) {
    if (stopping_) return std::nullopt;
    auto next = waiting_.end();
    for (auto one = waiting_.begin(); leads_ && one != waiting_.end(); ++one) {
      if (busy_.contains(one->first)) continue;
      if (next == waiting_.end() || one->second.due < next->second.due) next = one;
    }
    if (next == waiting_.end()) {
      changed_.Wait(mu_);
      continue;
    }
    const absl::Duration left = next->second.due - Now();
    if (left > absl::ZeroDuration()) {
      changed_.WaitFor(mu_, left);
      continue;
    }
    const model::OrganizationKey organization = next->first;
    turn = next->second;
    waiting_.erase(next);
    busy_.insert(organization);
    return organization;
  }
}

void Sender::Loop() {
  Turn turn;
  while (const auto organization = Take(turn)) {
    const absl::Status delivered = Deliver(*organization);
    if (!delivered.ok()) {
      telemetry::Log(telemetry::Level::info,
                     "an organization's audit is not taken where it is sent",
                     {{"reason", std::string(delivered.message())},
                      {"again_in", absl::FormatDuration(turn.pause)}});
    }
    absl::MutexLock lock(&mu_);
    busy_.erase(*organization);
    changed_.SignalAll();
    if (delivered.ok() || stopping_) continue;
    waiting_[*organization] = {Now() + turn.pause, std::min(turn.pause * 2, options_.retry_max)};
  }
}

absl::Status Sender::Deliver(model::OrganizationKey organization) {
  const auto scope = SenderScope().In(organization);
  for (int i = 0; i < kDeliveriesPerTurn && !stopping(); ++i) {
    {
      // Before the look: what is done in a control plane after it is heard of.
      absl::MutexLock lock(&mu_);
      enabled_.insert(organization);
    }
    Batch batch;
    const absl::Status read = Read(scope, batch);
    const bool gone = absl::IsNotFound(read);
    if (!gone) SKYDEN_RETURN_IF_ERROR(read);
    if (gone || !batch.destination.has_value()) {
      absl::MutexLock lock(&mu_);
      enabled_.erase(organization);
      return absl::OkStatus();
    }
    if (batch.IsNothing()) return absl::OkStatus();
    SKYDEN_RETURN_IF_ERROR(DeliverBatch(scope, batch));
  }
  absl::MutexLock lock(&mu_);
  Queue(organization, {Now(), options_.retry_min});
  return absl::OkStatus();
}

absl::Status Sender::Read(const model::OrganizationScope& scope, Batch& batch) {
  return store_.ReadDirectory(scope, [&batch](store::DirectoryReadTx& tx) -> absl::Status {
    batch = Batch();
    SKYDEN_ASSIGN_OR_RETURN(const store::OrganizationRecord organization, tx.Organization());
    batch.organization_id = organization.id.str();
    SKYDEN_ASSIGN_OR_RETURN(const store::AuditWebhook webhook, tx.FindAuditWebhook());
    if (!webhook.enabled) return absl::OkStatus();
    SKYDEN_ASSIGN_OR_RETURN(batch.destination, tx.FindAuditDestination(webhook.destination));
    if (!batch.destination.has_value()) return absl::OkStatus();
    batch.place = webhook.place;
    store::AuditQuery query;
    query.order = store::AuditQuery::Order::kOldestFirst;
    query.limit = kEntriesPerDelivery;
    query.beyond = webhook.place;
    SKYDEN_ASSIGN_OR_RETURN(store::AuditPage page, tx.ListAudit(query));
    if (page.entries.empty() && webhook.replay.IsUnderWay()) {
      AuditReplay replay = webhook.replay;
      query.beyond = replay.place;
      query.from = replay.from;
      query.to = replay.to;
      SKYDEN_ASSIGN_OR_RETURN(page, tx.ListAudit(query));
      if (page.next.has_value()) replay.place = *page.next;
      if (!page.entries.empty()) replay.place = page.entries.back().place;
      replay.progress = page.next.has_value() ? AuditReplay::Progress::kRunning
                                              : AuditReplay::Progress::kCompleted;
      batch.replay = replay;
    }
    batch.entries = std::move(page.entries);
    return absl::OkStatus();
  });
}

absl::Status Sender::DeliverBatch(const model::OrganizationScope& scope, Batch& batch) {
  store::AuditAttempt attempt{.at = clock_.Now(), .response = 0, .entries = batch.entries.size()};
  std::string why;
  if (!batch.entries.empty()) attempt.response = Send(batch, why);
  // One that the daemon's end cut short says nothing of the destination.
  if (!why.empty() && stopping()) return absl::OkStatus();
  if (why.empty()) {
    delivered_.fetch_add(batch.entries.size(), std::memory_order_relaxed);
    return Note(scope, batch, attempt);
  }
  failures_.fetch_add(1, std::memory_order_relaxed);
  attempt.entries = 0;
  SKYDEN_RETURN_IF_ERROR(Note(scope, batch, attempt));
  return absl::UnavailableError(fmt::format("organization {}: {}", batch.organization_id, why));
}

absl::Status Sender::Note(const model::OrganizationScope& scope, const Batch& batch,
                          const store::AuditAttempt& attempt) {
  return store_.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
    const bool failed = !batch.entries.empty() && attempt.entries == 0;
    if (!batch.replay.has_value()) {
      const uint64_t place = failed ? batch.place : batch.entries.back().place;
      return tx.NoteAuditDelivery(batch.place, place, attempt);
    }
    SKYDEN_ASSIGN_OR_RETURN(const store::AuditWebhook webhook, tx.FindAuditWebhook());
    if (webhook.replay.at != batch.replay->at || !webhook.replay.IsUnderWay()) {
      return absl::OkStatus();  // given up, or another one, meanwhile
    }
    if (batch.entries.empty()) return tx.SetAuditReplay(*batch.replay);
    return tx.NoteAuditReplay(failed ? webhook.replay : *batch.replay, attempt);
  });
}

int Sender::Send(const Batch& batch, std::string& why) {
  const store::AuditDestination& destination = *batch.destination;
  // It may have been chosen when more was allowed.
  if (const auto endpoint = CheckEndpoint(destination.endpoint, options_.allowed); !endpoint.ok()) {
    why = std::string(endpoint.message());
    return 0;
  }
  const bool cef = destination.log_format == kCefFormat;
  std::string body;
  for (const store::AuditEntry& entry : batch.entries) {
    body += (cef ? CefLine(entry) : store::AuditLine(entry)) + '\n';
  }
  http::Outgoing request{
      .method = "POST",
      .url = destination.endpoint,
      .headers = {{"Content-Type", cef ? "text/plain; charset=utf-8" : "application/x-ndjson"},
                  {"x-skyden-organization", batch.organization_id},
                  {"x-skyden-delivery",
                   fmt::format("{}:{}-{}", batch.organization_id, batch.entries.front().place,
                               batch.entries.back().place)}},
      .body = std::move(body)};
  if (!destination.authorization.empty()) {
    request.headers.emplace_back("Authorization", destination.authorization);
  }
  if (batch.replay.has_value()) {
    request.headers.emplace_back("x-skyden-replay", base::FormatRfc3339(batch.replay->at));
  }
  const auto answer = http::Exchange(
      request, {.bytes_max = base::limits::kWebhookAnswerBytes,
                .time_max = options_.time_max,
                .ca_file = options_.ca_file,
                .interrupt = &interrupt_,
                .reach = options_.allowed == Endpoints::kOutside ? http::Reach::kOutside
                                                                 : http::Reach::kAnywhere});
  if (!answer.ok()) {
    why = std::string(answer.status().message());
    return 0;
  }
  if (const absl::Status taken = CheckTaken(*answer); !taken.ok()) {
    why = std::string(taken.message());
  }
  return answer->status;
}

}  // namespace skyden::audit
