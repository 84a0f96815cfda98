// SPDX-License-Identifier: Apache-2.0
#include "skyden/audit/destinations.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "audit/destination_rules.h"
#include "skyden/base/crypto.h"
#include "skyden/base/json_text.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/status.h"
#include "skyden/store/directory_tx.h"

namespace skyden::audit {
namespace {

using store::AuditDestination;
using store::AuditReplay;
using store::AuditWebhook;

absl::Status CheckMaySayWhere(const model::OrganizationScope& scope) {
  if (scope.access().Administrates()) return absl::OkStatus();
  return absl::PermissionDeniedError("only administrators may say where the audit is sent");
}

absl::Status DestinationNotFound() {
  return absl::NotFoundError("audit log destination not found");
}

absl::Status NameTaken(absl::Status stored) {
  if (!absl::IsAlreadyExists(stored)) return stored;
  return absl::AlreadyExistsError("another audit log destination has this name");
}

AuditDestination WithoutSecrets(AuditDestination destination) {
  destination.has_authorization = !destination.authorization.empty();
  destination.authorization.clear();
  return destination;
}

store::AuditNote NoteOf(absl::Time at, const char* action, const AuditDestination& destination) {
  const bool authorized = destination.has_authorization || !destination.authorization.empty();
  return {at, action, "AuditLogDestination", destination.id,
          base::JsonObjectText()
              .Text("name", destination.name)
              .Text("host", HostOf(destination.endpoint))
              .Raw("authorization", authorized ? "true" : "false")
              .Take()};
}

store::AuditNote NoteOf(absl::Time at, const AuditWebhook& webhook) {
  return {at, "audit_webhook.update", "AuditLogWebhook", "",
          base::JsonObjectText()
              .TextIfAny("destination", webhook.destination)
              .Raw("enabled", webhook.enabled ? "true" : "false")
              .Take()};
}

absl::StatusOr<AuditDestination> FindIn(store::DirectoryReadTx& tx, const std::string& id) {
  SKYDEN_ASSIGN_OR_RETURN(auto all, tx.ListAuditDestinations());
  for (AuditDestination& one : all) {
    if (one.id == id) return std::move(one);
  }
  return DestinationNotFound();
}

absl::StatusOr<WebhookView> ViewIn(store::DirectoryReadTx& tx) {
  WebhookView view;
  SKYDEN_ASSIGN_OR_RETURN(view.webhook, tx.FindAuditWebhook());
  if (view.webhook.destination.empty()) return view;
  auto destination = FindIn(tx, view.webhook.destination);
  if (destination.ok()) view.destination = *std::move(destination);
  if (destination.ok() || absl::IsNotFound(destination.status())) return view;
  return destination.status();
}

absl::StatusOr<uint64_t> LastPlace(store::DirectoryReadTx& tx) {
  store::AuditQuery newest;
  newest.limit = 1;
  SKYDEN_ASSIGN_OR_RETURN(const store::AuditPage page, tx.ListAudit(newest));
  return page.entries.empty() ? 0 : page.entries.front().place;
}

// What is to be sent once more goes where it was meant to go, or nowhere.
absl::Status GiveUpReplay(store::DirectoryTx& tx, AuditReplay replay) {
  if (!replay.IsUnderWay()) return absl::OkStatus();
  replay.progress = AuditReplay::Progress::kFailed;
  return tx.SetAuditReplay(replay);
}

}  // namespace

absl::StatusOr<std::vector<AuditDestination>> Destinations::List(
    const model::OrganizationScope& scope) const {
  SKYDEN_RETURN_IF_ERROR(CheckMaySayWhere(scope));
  std::vector<AuditDestination> all;
  SKYDEN_RETURN_IF_ERROR(
      store_.ReadDirectory(scope, [&all](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(all, tx.ListAuditDestinations());
        return absl::OkStatus();
      }));
  return all;
}

absl::StatusOr<AuditDestination> Destinations::Find(const model::OrganizationScope& scope,
                                                    const std::string& id) const {
  SKYDEN_RETURN_IF_ERROR(CheckMaySayWhere(scope));
  AuditDestination found;
  SKYDEN_RETURN_IF_ERROR(
      store_.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(found, FindIn(tx, id));
        return absl::OkStatus();
      }));
  return found;
}

absl::StatusOr<AuditDestination> Destinations::Create(const model::OrganizationScope& scope,
                                                      const DestinationChange& with) const {
  SKYDEN_RETURN_IF_ERROR(CheckMaySayWhere(scope));
  Violations violations;
  CheckChange(with, allowed_, violations);
  if (!with.name.has_value()) violations.push_back({"name", "is required"});
  if (!with.endpoint.has_value()) violations.push_back({"endpoint", "is required"});
  SKYDEN_RETURN_IF_ERROR(Refused(violations));
  const absl::Time now = clock_.Now();
  const AuditDestination made{.id = base::RandomUuid(),
                              .name = *with.name,
                              .endpoint = *with.endpoint,
                              .authorization = with.authorization.value_or(""),
                              .log_format = with.log_format.value_or(kJsonFormat),
                              .created_at = now,
                              .updated_at = now};
  SKYDEN_RETURN_IF_ERROR(
      NameTaken(store_.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto all, tx.ListAuditDestinations());
        if (all.size() >= kDestinationsMax) {
          return absl::ResourceExhaustedError(
              fmt::format("at most {} audit log destinations of an organization; delete one first",
                          kDestinationsMax));
        }
        tx.Audit(NoteOf(now, "audit_destination.create", made));
        return tx.PutAuditDestination(made);
      })));
  return WithoutSecrets(made);
}

absl::StatusOr<AuditDestination> Destinations::Update(const model::OrganizationScope& scope,
                                                      const std::string& id,
                                                      const DestinationChange& change) const {
  SKYDEN_RETURN_IF_ERROR(CheckMaySayWhere(scope));
  Violations violations;
  CheckChange(change, allowed_, violations);
  SKYDEN_RETURN_IF_ERROR(Refused(violations));
  const absl::Time now = clock_.Now();
  AuditDestination changed;
  SKYDEN_RETURN_IF_ERROR(
      NameTaken(store_.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(auto before, tx.FindAuditDestination(id));
        if (!before.has_value()) return DestinationNotFound();
        changed = *std::move(before);
        const bool moves = change.endpoint.has_value() && *change.endpoint != changed.endpoint;
        if (moves) changed.authorization.clear();
        if (change.name.has_value()) changed.name = *change.name;
        if (change.endpoint.has_value()) changed.endpoint = *change.endpoint;
        if (change.authorization.has_value()) changed.authorization = *change.authorization;
        if (change.log_format.has_value()) changed.log_format = *change.log_format;
        changed.updated_at = now;
        tx.Audit(NoteOf(now, "audit_destination.update", changed));
        return tx.PutAuditDestination(changed);
      })));
  return WithoutSecrets(std::move(changed));
}

absl::Status Destinations::Delete(const model::OrganizationScope& scope,
                                  const std::string& id) const {
  SKYDEN_RETURN_IF_ERROR(CheckMaySayWhere(scope));
  const absl::Time now = clock_.Now();
  return store_.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const AuditDestination found, FindIn(tx, id));
    SKYDEN_ASSIGN_OR_RETURN(const AuditWebhook webhook, tx.FindAuditWebhook());
    if (webhook.destination == id) {
      return absl::FailedPreconditionError(
          "the audit log webhook uses this destination; give it another one, or delete it, first");
    }
    tx.Audit(NoteOf(now, "audit_destination.delete", found));
    return tx.DeleteAuditDestination(id);
  });
}

absl::StatusOr<WebhookView> Destinations::Webhook(const model::OrganizationScope& scope) const {
  SKYDEN_RETURN_IF_ERROR(CheckMaySayWhere(scope));
  WebhookView view;
  SKYDEN_RETURN_IF_ERROR(
      store_.ReadDirectory(scope, [&view](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(view, ViewIn(tx));
        return absl::OkStatus();
      }));
  return view;
}

absl::StatusOr<WebhookView> Destinations::SetWebhook(const model::OrganizationScope& scope,
                                                     const WebhookChange& change) const {
  SKYDEN_RETURN_IF_ERROR(CheckMaySayWhere(scope));
  const absl::Time now = clock_.Now();
  WebhookView view;
  const auto set = [&](store::DirectoryTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const AuditWebhook before, tx.FindAuditWebhook());
    AuditWebhook after = before;
    after.destination = change.destination.value_or(before.destination);
    after.enabled = change.enabled.value_or(before.enabled);
    if (change.destination.has_value() && !after.destination.empty()) {
      const absl::Status found = FindIn(tx, after.destination).status();
      if (absl::IsNotFound(found)) {
        return Refused({{"audit_log_destination_id", "there is no such destination"}});
      }
      SKYDEN_RETURN_IF_ERROR(found);
    }
    if (after.enabled && after.destination.empty()) {
      return Refused({{"audit_log_destination_id", "is required where it is enabled"}});
    }
    // What was done while nothing was sent is had by a replay.
    if (after.enabled && !before.enabled) {
      SKYDEN_ASSIGN_OR_RETURN(after.place, LastPlace(tx));
    }
    tx.Audit(NoteOf(now, after));
    SKYDEN_RETURN_IF_ERROR(tx.SetAuditWebhook(after.destination, after.enabled, after.place));
    const bool stays = after.enabled && after.destination == before.destination;
    if (!stays) SKYDEN_RETURN_IF_ERROR(GiveUpReplay(tx, before.replay));
    SKYDEN_ASSIGN_OR_RETURN(view, ViewIn(tx));
    return absl::OkStatus();
  };
  SKYDEN_RETURN_IF_ERROR(store_.WriteDirectory(scope, set));
  return view;
}

absl::StatusOr<AuditReplay> Destinations::Replay(const model::OrganizationScope& scope) const {
  SKYDEN_ASSIGN_OR_RETURN(const WebhookView view, Webhook(scope));
  return view.webhook.replay;
}

absl::StatusOr<AuditReplay> Destinations::StartReplay(const model::OrganizationScope& scope,
                                                      absl::Time from, absl::Time to) const {
  SKYDEN_RETURN_IF_ERROR(CheckMaySayWhere(scope));
  if (to < from) return Refused({{"end_at", "must not be before start_at"}});
  if (to - from > kReplayMax) {
    return Refused({{"end_at", fmt::format("must be at most {} after start_at; ask for the rest "
                                           "once this is completed",
                                           absl::FormatDuration(kReplayMax))}});
  }
  const absl::Time now = clock_.Now();
  AuditReplay replay{
      .progress = AuditReplay::Progress::kAccepted, .from = from, .to = to, .at = now};
  SKYDEN_RETURN_IF_ERROR(store_.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const WebhookView view, ViewIn(tx));
    if (!view.webhook.enabled || !view.destination.has_value()) {
      return absl::FailedPreconditionError(
          "the audit is sent nowhere; give the audit log webhook a destination and enable it");
    }
    // Its time tells it from the one before.
    replay.at = std::max(now, view.webhook.replay.at + absl::Nanoseconds(1));
    tx.Audit({now, "audit_replay.create", "AuditLogReplay", "",
              base::JsonObjectText()
                  .Text("start_at", base::FormatRfc3339(from))
                  .Text("end_at", base::FormatRfc3339(to))
                  .Take()});
    return tx.SetAuditReplay(replay);
  }));
  return replay;
}

}  // namespace skyden::audit
