// SPDX-License-Identifier: Apache-2.0
#include "rest/audit_sending_json.h"

#include <optional>
#include <utility>

#include "skyden/audit/webhook.h"
#include "skyden/base/rfc3339.h"

namespace skyden::rest {
namespace {

using store::AuditDestination;
using DestinationField = model::FilterField<AuditDestination>;

constexpr DestinationField kDestinationFields[] = {
    {"id", [](const AuditDestination& one, absl::Time) { return std::optional(one.id); }},
    {"name", [](const AuditDestination& one, absl::Time) { return std::optional(one.name); }},
    {"endpoint",
     [](const AuditDestination& one, absl::Time) { return std::optional(one.endpoint); }},
    {"log_format",
     [](const AuditDestination& one, absl::Time) { return std::optional(one.log_format); }},
};

// Text, or null for none.
std::optional<std::string> TakeNullable(ObjectReader& reader, const char* name) {
  const nlohmann::json* const value = reader.Take(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_null()) return std::string();
  return reader.TakeString(name);
}

// What one answer says of one webhook, whosever it is. Before the first attempt nothing speaks
// against it.
struct SendingStatus {
  bool configured = false;
  bool enabled = false;
  std::optional<absl::Time> attempted_at;
  int response = 0;
  uint64_t delivered = 0;
  uint64_t failed = 0;
};

void WriteStatusMembers(const SendingStatus& status, JsonWriter& json) {
  const bool taken = !status.attempted_at || (status.response >= 200 && status.response <= 299);
  json.Field("webhook_enabled", status.enabled)
      .Field("webhook_status", !status.configured        ? "unconfigured"
                               : status.enabled && taken ? "active"
                                                         : "inactive");
  if (status.attempted_at.has_value()) {
    json.Field("last_attempt_at", base::FormatRfc3339(*status.attempted_at));
    if (status.response > 0) json.Field("last_response_code", status.response);
  }
  json.Field("entries_delivered", status.delivered).Field("attempts_failed", status.failed);
}

void WriteDestinationId(const audit::WebhookView& view, JsonWriter& json) {
  json.Key("audit_log_destination_id");
  if (view.destination.has_value()) {
    json.String(view.destination->id);
  } else {
    json.Null();
  }
}

void WriteHow(std::string_view endpoint, std::string_view log_format, JsonWriter& json) {
  json.Field("endpoint", endpoint)
      .Field("log_format", log_format)
      .Field("skip_ssl_verification", false);
}

}  // namespace

Decoded<audit::DestinationChange> DecodeDestination(const std::string& body) {
  ObjectReader reader(body);
  audit::DestinationChange change;
  if (reader.readable()) {
    change.name = reader.TakeString("name");
    change.endpoint = reader.TakeString("endpoint");
    change.authorization = TakeNullable(reader, "authorization");
    change.log_format = reader.TakeString("log_format");
    if (reader.TakeBool("skip_ssl_verification").value_or(false)) {
      reader.Refuse("skip_ssl_verification", "enum",
                    "must be false: certificates are always verified");
    }
  }
  return Result(reader, std::move(change));
}

Decoded<audit::WebhookChange> DecodeWebhookChange(const std::string& body) {
  ObjectReader reader(body);
  audit::WebhookChange change;
  if (reader.readable()) {
    change.destination = TakeNullable(reader, "audit_log_destination_id");
    change.enabled = reader.TakeBool("enabled");
  }
  return Result(reader, std::move(change));
}

Decoded<ReplaySpan> DecodeReplay(const std::string& body) {
  ObjectReader reader(body);
  ReplaySpan span;
  if (reader.readable()) {
    for (const auto& [name, time] :
         {std::pair("start_at", &span.from), std::pair("end_at", &span.to)}) {
      const size_t refused = reader.invalid().size();
      const auto given = reader.TakeTime(name);
      if (given.has_value()) *time = *given;
      if (!given.has_value() && reader.invalid().size() == refused) {
        reader.Refuse(name, "required", "is required");
      }
    }
  }
  return Result(reader, span);
}

const model::Filterable<AuditDestination>& AuditDestinationFilters() {
  static constexpr model::Filterable<AuditDestination> filters{kDestinationFields};
  return filters;
}

void WriteDestination(const AuditDestination& destination, JsonWriter& json) {
  json.BeginObject().Field("id", destination.id).Field("name", destination.name);
  WriteHow(destination.endpoint, destination.log_format, json);
  json.Field("has_authorization", destination.has_authorization)
      .Field("created_at", base::FormatRfc3339(destination.created_at))
      .Field("updated_at", base::FormatRfc3339(destination.updated_at))
      .EndObject();
}

void WriteReplay(const store::AuditReplay& replay, JsonWriter& json) {
  json.BeginObject().Field("status", NameOf(replay.progress));
  if (replay.progress != store::AuditReplay::Progress::kNone) {
    json.Field("start_at", base::FormatRfc3339(replay.from))
        .Field("end_at", base::FormatRfc3339(replay.to))
        .Field("requested_at", base::FormatRfc3339(replay.at));
  }
  json.EndObject();
}

void WriteWebhook(const ShownWebhook& shown, JsonWriter& json) {
  json.BeginObject();
  WriteDestinationId(shown.own, json);
  json.Field("enabled", shown.own.webhook.enabled);
  if (const auto& destination = shown.own.destination; destination.has_value()) {
    WriteHow(destination->endpoint, destination->log_format, json);
  }
  if (shown.with_daemon) {
    json.Key("daemon").BeginObject().Field("enabled", shown.daemon != nullptr);
    if (shown.daemon != nullptr) WriteHow(shown.daemon->url(), "json", json);
    json.EndObject();
  }
  json.EndObject();
}

void WriteWebhookStatus(const ShownWebhook& shown, JsonWriter& json) {
  const store::AuditWebhook& own = shown.own.webhook;
  json.BeginObject();
  WriteDestinationId(shown.own, json);
  WriteStatusMembers({.configured = shown.own.destination.has_value(),
                      .enabled = own.enabled,
                      .attempted_at = own.attempted_at,
                      .response = own.response,
                      .delivered = own.delivered,
                      .failed = own.failed},
                     json);
  if (shown.with_daemon) {
    SendingStatus daemon;
    if (shown.daemon != nullptr) {
      const auto counters = shown.daemon->counters();
      daemon = {.configured = true,
                .enabled = true,
                .attempted_at = std::nullopt,
                .response = 0,
                .delivered = counters.delivered,
                .failed = counters.failures};
      if (const auto last = shown.daemon->last_attempt(); last.has_value()) {
        daemon.attempted_at = last->at;
        daemon.response = last->status;
      }
    }
    json.Key("daemon").BeginObject();
    WriteStatusMembers(daemon, json);
    json.EndObject();
  }
  json.EndObject();
}

}  // namespace skyden::rest
