// SPDX-License-Identifier: Apache-2.0
// What /metrics says: of the whole, never of a tenant.
#include "server/daemon.h"

namespace skyden::server {

void Daemon::PublishMetrics() {
  const auto gauge = [this](const char* name, const char* help, auto read) {
    metrics_.AddGauge(name, help, [read] { return static_cast<double>(read()); });
  };
  const auto counter = [this](const char* name, const char* help, auto read) {
    metrics_.AddCounter(name, help, [read] { return static_cast<double>(read()); });
  };
  counter("skyden_store_reads_total", "Statements that read",
          [this] { return store_->counters().reads; });
  counter("skyden_store_writes_total", "Statements that wrote",
          [this] { return store_->counters().writes; });
  counter("skyden_store_commits_total", "Transactions on disk",
          [this] { return store_->counters().commits; });
  counter("skyden_store_fsyncs_total", "Times the disk was waited for",
          [this] { return store_->counters().fsyncs; });
  gauge("skyden_kds_streams", "Open calls of zones", [this] { return kds_->counters().streams; });
  counter("skyden_kds_messages_in_total", "Messages from zones",
          [this] { return kds_->counters().messages_in; });
  counter("skyden_kds_messages_out_total", "Messages to zones",
          [this] { return kds_->counters().messages_out; });
  counter("skyden_kds_snapshots_total", "Snapshots built",
          [this] { return kds_->counters().snapshots_built; });
  gauge("skyden_kds_in_flight_bytes", "Bytes of zones' messages being worked on",
        [this] { return kds_->counters().bytes_in_flight; });
  counter("skyden_kds_nacks_total", "Messages that zones refused",
          [this] { return kds_->counters().nacks; });
  gauge("skyden_kds_types_withheld",
        "Types, over all zones, that are not sent because they are too large for one message",
        [this] { return kds_->counters().types_withheld; });
  gauge("skyden_kds_refused_resources", "Resources, over all zones, that zones refuse as they are",
        [this] { return kds_->counters().refused_resources; });
  counter("skyden_kds_rejected_connections_total", "Zones that were turned away",
          [this] { return kds_->counters().rejected_connections; });
  gauge("skyden_http_connections", "Open connections of the REST port",
        [this] { return http_->connections(); });
  counter("skyden_http_refused_connections_total",
          "Connections of the REST port closed at once because there were too many, or too fast",
          [this] { return http_->refused_connections(); });
  counter("skyden_audit_webhook_entries_total", "Entries of the audit that the webhook took",
          [this] { return audit_webhook_ == nullptr ? 0 : audit_webhook_->counters().delivered; });
  counter("skyden_audit_webhook_failures_total", "Deliveries that the webhook did not take",
          [this] { return audit_webhook_ == nullptr ? 0 : audit_webhook_->counters().failures; });
  gauge("skyden_base_queued_tasks", "Tasks that wait for a worker",
        [this] { return workers_->queued(); });
}

}  // namespace skyden::server
