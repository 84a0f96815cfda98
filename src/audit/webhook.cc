// SPDX-License-Identifier: Apache-2.0
#include "skyden/audit/webhook.h"

#include <fmt/format.h>
#include <httplib.h>
#include <pthread.h>

#include <algorithm>
#include <utility>

#include "skyden/base/crypto.h"
#include "skyden/base/status.h"
#include "skyden/telemetry/log.h"

namespace skyden::audit {
namespace {

constexpr size_t kEntriesPerDelivery = 100;
constexpr time_t kAnswerSeconds = 10;

model::SystemScope System() { return model::SystemScope::For("audit webhook"); }

}  // namespace

// Where deliveries go. Used by the webhook's thread; Stop may be called by another.
class Webhook::Endpoint {
 public:
  static absl::StatusOr<std::unique_ptr<Endpoint>> Parse(const WebhookOptions& options) {
    const std::string& url = options.url;
    const size_t scheme = url.find("://");
    const bool known = url.rfind("http://", 0) == 0 || url.rfind("https://", 0) == 0;
    if (!known) return absl::InvalidArgumentError("must begin with http:// or https://");
    const size_t path = std::min(url.find('/', scheme + 3), url.size());
    if (path == scheme + 3) return absl::InvalidArgumentError("names no host");
    auto endpoint = std::make_unique<Endpoint>(url.substr(0, path), url.substr(path));
    if (!endpoint->client_.is_valid()) return absl::InvalidArgumentError("is not a URL");
    if (!options.ca_file.empty()) endpoint->client_.set_ca_cert_path(options.ca_file.c_str());
    return endpoint;
  }

  Endpoint(const std::string& origin, std::string path)
      : client_(origin), path_(path.empty() ? "/" : std::move(path)) {
    client_.set_connection_timeout(kAnswerSeconds);
    client_.set_read_timeout(kAnswerSeconds);
    client_.set_write_timeout(kAnswerSeconds);
  }

  // OK when it was taken.
  absl::Status Post(const httplib::Headers& headers, const std::string& body) {
    const httplib::Result result = client_.Post(path_, headers, body, "application/x-ndjson");
    if (!result) return absl::UnavailableError(httplib::to_string(result.error()));
    if (result->status < 200 || result->status > 299) {
      return absl::UnavailableError(fmt::format("answered {}", result->status));
    }
    return absl::OkStatus();
  }

  void Stop() { client_.stop(); }

 private:
  httplib::Client client_;
  const std::string path_;
};

absl::StatusOr<std::unique_ptr<Webhook>> Webhook::Start(store::Store& store, base::Clock& clock,
                                                        WebhookOptions options) {
  if (options.secret.empty()) return absl::InvalidArgumentError("the webhook needs a secret");
  SKYDEN_ASSIGN_OR_RETURN(auto endpoint, Endpoint::Parse(options));
  SKYDEN_ASSIGN_OR_RETURN(const auto organizations, store.ListOrganizations(System()));
  std::unique_ptr<Webhook> webhook(
      new Webhook(store, clock, std::move(options), std::move(endpoint)));
  {
    absl::MutexLock lock(&webhook->mu_);
    for (const auto& organization : organizations) webhook->waiting_.insert(organization.key);
  }
  webhook->subscription_ =
      store.SubscribeAudit([raw = webhook.get()](model::OrganizationKey organization, uint64_t) {
        absl::MutexLock lock(&raw->mu_);
        raw->waiting_.insert(organization);
      });
  webhook->thread_ = std::thread([raw = webhook.get()] { raw->Loop(); });
  pthread_setname_np(webhook->thread_.native_handle(), "audit-webhook");
  return webhook;
}

Webhook::Webhook(store::Store& store, base::Clock& clock, WebhookOptions options,
                 std::unique_ptr<Endpoint> endpoint)
    : store_(store), clock_(clock), options_(std::move(options)), endpoint_(std::move(endpoint)) {}

Webhook::~Webhook() {
  subscription_ = nullptr;
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
    stop_.SignalAll();
  }
  endpoint_->Stop();
  thread_.join();
}

bool Webhook::stopping() const {
  absl::MutexLock lock(&mu_);
  return stopping_;
}

void Webhook::Loop() {
  absl::Duration pause = options_.retry_min;
  for (;;) {
    model::OrganizationKey organization{};
    {
      absl::MutexLock lock(&mu_);
      const auto due = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
        return stopping_ || !waiting_.empty();
      };
      mu_.Await(absl::Condition(&due));
      if (stopping_) return;
      organization = *waiting_.begin();
      waiting_.erase(waiting_.begin());
    }
    const absl::Status delivered = Deliver(organization);
    if (delivered.ok()) {
      pause = options_.retry_min;
      continue;
    }
    failures_.fetch_add(1, std::memory_order_relaxed);
    telemetry::Log(
        telemetry::Level::warning, "the audit webhook does not take its delivery",
        {{"reason", std::string(delivered.message())}, {"again_in", absl::FormatDuration(pause)}});
    absl::MutexLock lock(&mu_);
    waiting_.insert(organization);
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

absl::Status Webhook::Deliver(model::OrganizationKey organization) {
  const auto id = IdOf(organization);
  if (absl::IsNotFound(id.status())) return absl::OkStatus();
  SKYDEN_RETURN_IF_ERROR(id.status());
  const auto scope = System().In(organization);
  while (!stopping()) {
    store::AuditPage page;
    const auto next = [&](store::DirectoryReadTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(const auto marks, tx.ListAuditMarks());
      store::AuditQuery query;
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
      return tx.SetAuditMark(kWebhookReader, page.entries.back().sequence);
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
  httplib::Headers headers = {
      {"x-skyden-organization", organization_id},
      {"x-skyden-delivery", fmt::format("{}:{}-{}", organization_id, page.entries.front().sequence,
                                        page.entries.back().sequence)},
      {"x-skyden-signature", fmt::format("t={},v1={}", now, signature)}};
  return endpoint_->Post(headers, body);
}

}  // namespace skyden::audit
