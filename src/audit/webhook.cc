// SPDX-License-Identifier: Apache-2.0
#include "skyden/audit/webhook.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "audit/delivery.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/store/daemons.h"
#include "skyden/store/directory_tx.h"
#include "skyden/telemetry/log.h"

namespace skyden::audit {
namespace {

model::SystemScope System() { return model::SystemScope::For("audit webhook"); }

}  // namespace

absl::StatusOr<std::unique_ptr<Webhook>> Webhook::Start(store::Store& store, base::Clock& clock,
                                                        WebhookOptions options) {
  if (options.secret.empty()) return absl::InvalidArgumentError("the webhook needs a secret");
  SKYDEN_RETURN_IF_ERROR(http::CheckUrl(options.url));
  SKYDEN_ASSIGN_OR_RETURN(const auto organizations, store.ListOrganizations(System()));
  std::unique_ptr<Webhook> webhook(new Webhook(store, clock, std::move(options)));
  webhook->subscription_ =
      store.SubscribeAudit([raw = webhook.get()](const store::AuditGrowth& grown) {
        absl::MutexLock lock(&raw->mu_);
        raw->waiting_.insert({grown.organization, grown.chain});
      });
  for (const auto& organization : organizations) {
    std::vector<store::AuditChainRef> chains;
    SKYDEN_RETURN_IF_ERROR(store.ReadDirectory(
        System().In(organization.key), [&](store::DirectoryReadTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(chains, tx.ListAuditChains());
          return absl::OkStatus();
        }));
    absl::MutexLock lock(&webhook->mu_);
    for (const auto& each : chains) webhook->waiting_.insert({organization.key, each.chain});
  }
  if (store::Daemons* const daemons = store::DaemonsOf(store); daemons != nullptr) {
    webhook->daemons_ = daemons->SubscribeDaemons([raw = webhook.get()] { raw->LookWhoLeads(); });
  }
  webhook->LookWhoLeads();
  webhook->thread_ = std::thread([raw = webhook.get()] { raw->Loop(); });
  pthread_setname_np(webhook->thread_.native_handle(), "audit-webhook");
  return webhook;
}

Webhook::Webhook(store::Store& store, base::Clock& clock, WebhookOptions options)
    : store_(store), clock_(clock), options_(std::move(options)) {}

void Webhook::LookWhoLeads() {
  const bool leads = store::Leads(store_);
  absl::MutexLock lock(&mu_);
  leads_ = leads;
}

Webhook::~Webhook() {
  daemons_ = nullptr;
  subscription_ = nullptr;
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
    stop_.SignalAll();
  }
  interrupt_.Raise();
  if (thread_.joinable()) thread_.join();
}

bool Webhook::stopping() const {
  absl::MutexLock lock(&mu_);
  return stopping_;
}

std::optional<Webhook::Attempt> Webhook::last_attempt() const {
  absl::MutexLock lock(&mu_);
  return last_attempt_;
}

void Webhook::Loop() {
  absl::Duration pause = options_.retry_min;
  for (;;) {
    Chain chain;
    {
      absl::MutexLock lock(&mu_);
      const auto due = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
        return stopping_ || (leads_ && !waiting_.empty());
      };
      mu_.Await(absl::Condition(&due));
      if (stopping_) return;
      chain = *waiting_.begin();
      waiting_.erase(waiting_.begin());
    }
    const absl::Status delivered = Deliver(chain);
    if (delivered.ok()) {
      pause = options_.retry_min;
      continue;
    }
    if (stopping()) return;
    failures_.fetch_add(1, std::memory_order_relaxed);
    telemetry::Log(
        telemetry::Level::warning, "the audit webhook does not take its delivery",
        {{"reason", std::string(delivered.message())}, {"again_in", absl::FormatDuration(pause)}});
    absl::MutexLock lock(&mu_);
    waiting_.insert(chain);
    const auto stopping = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return stopping_; };
    if (stop_.AwaitFor(mu_, pause, stopping)) return;
    pause = std::min(pause * 2, options_.retry_max);
  }
}

absl::StatusOr<std::string> Webhook::IdOf(model::OrganizationKey organization) {
  SKYDEN_ASSIGN_OR_RETURN(const auto organizations, store_.ListOrganizations(System()));
  for (const auto& each : organizations) {
    if (each.key == organization) return each.id.str();
  }
  return absl::NotFoundError("the organization is gone");
}

absl::Status Webhook::Deliver(const Chain& chain) {
  const auto id = IdOf(chain.first);
  if (absl::IsNotFound(id.status())) return absl::OkStatus();
  SKYDEN_RETURN_IF_ERROR(id.status());
  const auto scope = System().In(chain.first);
  while (!stopping()) {
    store::AuditPage page;
    const auto next = [&](store::DirectoryReadTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(const auto marks, tx.ListAuditMarks(chain.second));
      store::AuditQuery query;
      query.chain = chain.second;
      query.order = store::AuditQuery::Order::kOldestFirst;
      query.limit = kEntriesPerDelivery;
      for (const store::AuditMark& mark : marks) {
        if (mark.name == kWebhookReader) query.beyond = mark.sequence;
      }
      SKYDEN_ASSIGN_OR_RETURN(page, tx.ListAudit(query));
      return absl::OkStatus();
    };
    SKYDEN_RETURN_IF_ERROR(store_.ReadDirectory(scope, next));
    if (page.entries.empty()) return absl::OkStatus();
    SKYDEN_RETURN_IF_ERROR(Send(*id, page));
    SKYDEN_RETURN_IF_ERROR(store_.WriteDirectory(scope, [&](store::DirectoryTx& tx) {
      return tx.SetAuditMark(chain.second, kWebhookReader, page.entries.back().sequence);
    }));
    delivered_.fetch_add(page.entries.size(), std::memory_order_relaxed);
  }
  return absl::OkStatus();
}

absl::Status Webhook::Send(const std::string& organization_id, const store::AuditPage& page) {
  std::string body;
  for (const store::AuditEntry& entry : page.entries) body += store::AuditLine(entry) + '\n';
  const int64_t now = absl::ToUnixSeconds(clock_.Now());
  const std::string signature =
      base::HexLower(base::HmacSha256(options_.secret, fmt::format("{}.{}", now, body)));
  const store::AuditEntry& first = page.entries.front();
  const bool own = first.chain == model::TenantKey{};
  const http::Outgoing request{
      .method = "POST",
      .url = options_.url,
      .headers = {{"Content-Type", "application/x-ndjson"},
                  {"x-skyden-organization", organization_id},
                  {"x-skyden-delivery", fmt::format("{}{}{}:{}-{}", organization_id, own ? "" : "/",
                                                    own ? "" : first.control_plane.str(),
                                                    first.sequence, page.entries.back().sequence)},
                  {"x-skyden-signature", fmt::format("t={},v1={}", now, signature)}},
      .body = std::move(body)};
  const auto answer = http::Exchange(request, {.bytes_max = base::limits::kWebhookAnswerBytes,
                                               .time_max = options_.time_max,
                                               .ca_file = options_.ca_file,
                                               .interrupt = &interrupt_});
  {
    absl::MutexLock lock(&mu_);
    last_attempt_ = Attempt{clock_.Now(), answer.ok() ? answer->status : 0};
  }
  SKYDEN_RETURN_IF_ERROR(answer.status());
  return CheckTaken(*answer);
}

}  // namespace skyden::audit
