// SPDX-License-Identifier: Apache-2.0
// Where the audit is sent, as REST shows it and is told.
#pragma once

#include <string>

#include "rest/json_writer.h"
#include "rest/object_reader.h"
#include "skyden/audit/destinations.h"
#include "skyden/model/list_filter.h"

namespace skyden::audit {
class Webhook;
}

namespace skyden::rest {

// {"name","endpoint","authorization","log_format","skip_ssl_verification"}
Decoded<audit::DestinationChange> DecodeDestination(const std::string& body);
// {"audit_log_destination_id","enabled"}
Decoded<audit::WebhookChange> DecodeWebhookChange(const std::string& body);
struct ReplaySpan {
  absl::Time from, to;
};
// {"start_at","end_at"}, RFC 3339.
Decoded<ReplaySpan> DecodeReplay(const std::string& body);

const model::Filterable<store::AuditDestination>& AuditDestinationFilters();

void WriteDestination(const store::AuditDestination& destination, JsonWriter& json);
void WriteReplay(const store::AuditReplay& replay, JsonWriter& json);

// Of the organization; and, for operators, of the daemon itself, which has one in its settings
// that is told of every organization. Null: it has none, or nobody is to see it.
struct ShownWebhook {
  const audit::WebhookView& own;
  bool with_daemon = false;
  const audit::Webhook* daemon = nullptr;
};
void WriteWebhook(const ShownWebhook& shown, JsonWriter& json);
void WriteWebhookStatus(const ShownWebhook& shown, JsonWriter& json);

}  // namespace skyden::rest
