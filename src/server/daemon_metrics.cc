// SPDX-License-Identifier: Apache-2.0
// What /metrics says: of the whole, never of a tenant. Names and labels stand here alone; modules
// only count.
#include <string>
#include <utility>

#include "server/certificate_file.h"
#include "server/daemon.h"
#include "server/process_metrics.h"
#include "skyden/kds/sync_times.h"
#include "skyden/rpc/server.h"
#include "skyden/store/daemons.h"

namespace skyden::server {
namespace {

using telemetry::MetricLabels;
using telemetry::Metrics;

// Of figures of any type.
template <class Read>
void Gauge(Metrics& metrics, const char* name, const char* help, Read read,
           MetricLabels labels = {}) {
  metrics.AddGauge(
      name, help, [read] { return static_cast<double>(read()); }, std::move(labels));
}

template <class Read>
void Counter(Metrics& metrics, const char* name, const char* help, Read read,
             MetricLabels labels = {}) {
  metrics.AddCounter(
      name, help, [read] { return static_cast<double>(read()); }, std::move(labels));
}

void Counter(Metrics& metrics, const char* name, const char* help, const telemetry::Counter& cell,
             MetricLabels labels) {
  Counter(
      metrics, name, help, [&cell] { return cell.value(); }, std::move(labels));
}

void OfStore(Metrics& metrics, store::Store& store) {
  Counter(metrics, "skyden_store_reads_total", "Statements that read",
          [&store] { return store.counters().reads; });
  Counter(metrics, "skyden_store_writes_total", "Statements that wrote",
          [&store] { return store.counters().writes; });
  Counter(metrics, "skyden_store_commits_total", "Transactions on disk",
          [&store] { return store.counters().commits; });
  Counter(metrics, "skyden_store_fsyncs_total", "Times the disk was waited for",
          [&store] { return store.counters().fsyncs; });
  Counter(metrics, "skyden_store_unplanned_reads_total",
          "Reads that a write had not planned; each is a round trip where the database is remote",
          [&store] { return store.counters().unplanned_reads; });
  const store::WriteTimings& timings = store::WriteTimingsOf(store);
  Gauge(metrics, "skyden_store_writable",
        "1 while writes are taken; 0 on a full disk, or while the database is away",
        [&store] { return store.Writable().ok() ? 1 : 0; });
  Gauge(metrics, "skyden_store_queued_writes", "Writes that wait for the writer",
        [&timings] { return timings.waiting.value(); });
  metrics.AddHistogram("skyden_store_write_wait_seconds", "Time a write waited for the writer",
                       timings.wait);
  metrics.AddHistogram("skyden_store_commit_duration_seconds",
                       "Time until a transaction was on disk, once all was written",
                       timings.commit);
  metrics.AddHistogram("skyden_store_commit_writes", "Writes that one transaction kept",
                       timings.together);
}

void OfDaemons(Metrics& metrics, store::Daemons& daemons) {
  Gauge(metrics, "skyden_store_unheard_seconds",
        "Since this daemon last read what others wrote; it is away from the database otherwise",
        [&daemons] { return absl::ToDoubleSeconds(daemons.Unheard()); });
  Gauge(metrics, "skyden_store_leads",
        "1 at the one daemon that does what must be done by one: webhook, retention, housekeeping",
        [&daemons] { return daemons.Leads() ? 1 : 0; });
}

void OfZones(Metrics& metrics, const kds::KdsServer& kds) {
  Gauge(metrics, "skyden_kds_streams", "Open calls of zones",
        [&kds] { return kds.counters().streams; });
  Counter(metrics, "skyden_kds_messages_in_total", "Messages from zones",
          [&kds] { return kds.counters().messages_in; });
  Counter(metrics, "skyden_kds_messages_out_total", "Messages to zones",
          [&kds] { return kds.counters().messages_out; });
  Counter(metrics, "skyden_kds_snapshots_total", "Snapshots built",
          [&kds] { return kds.counters().snapshots_built; });
  Gauge(metrics, "skyden_kds_in_flight_bytes", "Bytes of messages to zones on their way",
        [&kds] { return kds.counters().bytes_in_flight; });
  Counter(metrics, "skyden_kds_nacks_total", "Messages that zones refused, or we did",
          [&kds] { return kds.counters().nacks; });
  Gauge(metrics, "skyden_kds_types_withheld",
        "Types, over all zones, that are not sent because they are too large for one message",
        [&kds] { return kds.counters().types_withheld; });
  Gauge(metrics, "skyden_kds_refused_resources",
        "Resources, over all zones, that zones refuse as they are",
        [&kds] { return kds.counters().refused_resources; });
  Counter(metrics, "skyden_kds_rejected_connections_total", "Zones that were turned away",
          [&kds] { return kds.counters().rejected_connections; });
  metrics.AddHistogram("skyden_kds_propagation_seconds",
                       "Time from the commit of a change until a zone has taken it",
                       kds::SyncTimesOf(kds).propagation);
  metrics.AddHistogram("skyden_kds_ingest_duration_seconds",
                       "Time from a zone's message about its own resources until the answer",
                       kds::SyncTimesOf(kds).ingest);
}

void OfPeople(Metrics& metrics, const http::Server& http, const rest::RequestTimes& requests,
              const admin::CallTimes& calls) {
  Gauge(metrics, "skyden_http_connections", "Open connections of the REST port",
        [&http] { return http.connections(); });
  Counter(metrics, "skyden_http_refused_connections_total",
          "Connections of the REST port closed at once because there were too many, or too fast",
          [&http] { return http.refused_connections(); });
  requests.ForEach([&metrics](std::string_view route, std::string_view status,
                              const telemetry::Histogram& histogram) {
    metrics.AddHistogram("skyden_rest_request_duration_seconds",
                         "Time from a request's head until its answer", histogram,
                         {{"route", std::string(route)}, {"status", std::string(status)}});
  });
  requests.ForEachCode([&metrics](std::string_view code, const telemetry::Counter& counter) {
    Counter(metrics, "skyden_rest_requests_total", "Requests answered, by status of HTTP", counter,
            {{"code", std::string(code)}});
  });
  const auto call = [&metrics](const char* status, const telemetry::Histogram& histogram) {
    metrics.AddHistogram("skyden_admin_call_duration_seconds",
                         "Time of a call of the admin services", histogram, {{"status", status}});
  };
  call("ok", calls.ok);
  call("refused", calls.refused);
  call("failed", calls.failed);
}

// When it ends, of each port that has one, as its file is now.
void OfCertificate(Metrics& metrics, const char* name, const PortConfig& port) {
  if (!port.tls()) return;
  Gauge(metrics, "skyden_net_certificate_expiry_timestamp_seconds",
        "When a port's certificate ends, since 1970; 0 when its file does not read",
        [file = port.certificate_file] {
          const auto end = CertificateEndOf(file);
          return end.ok() ? absl::ToUnixSeconds(*end) : 0;
        },
        {{"port", name}});
}

// `port`: "kds", "admin".
void OfPort(Metrics& metrics, const char* port, const rpc::Server& server) {
  const MetricLabels labels = {{"port", port}};
  const auto labelled = [port](const char* name, std::string_view value) {
    return MetricLabels{{"port", port}, {name, std::string(value)}};
  };
  const rpc::Tally& tally = server.tally();
  Gauge(
      metrics, "skyden_rpc_connections", "Open connections of a gRPC port",
      [&server] { return server.counters().connections; }, labels);
  Gauge(
      metrics, "skyden_rpc_strangers", "Of them, those of which nobody has signed in",
      [&server] { return server.counters().strangers; }, labels);
  Gauge(
      metrics, "skyden_rpc_strangers_held_bytes", "Bytes held for those",
      [&server] { return server.counters().stranger_bytes; }, labels);
  Gauge(
      metrics, "skyden_rpc_calls", "Open calls of a gRPC port",
      [&server] { return server.counters().calls; }, labels);
  Counter(metrics, "skyden_rpc_taken_connections_total", "Connections taken", tally.connections,
          labels);
  Counter(metrics, "skyden_rpc_begun_calls_total", "Calls begun", tally.calls, labels);
  const auto refused = [&](const char* reason, const telemetry::Counter& cell) {
    Counter(metrics, "skyden_rpc_refused_connections_total", "Connections closed as they came",
            cell, labelled("reason", reason));
  };
  refused("connections", tally.refused_crowded);
  refused("rate", tally.refused_fast);
  refused("handshakes", tally.refused_handshakes);
  refused("descriptors", tally.refused_descriptors);
  Counter(metrics, "skyden_rpc_failed_handshakes_total",
          "Connections that ended before they were open", tally.handshakes_failed, labels);
  const auto reset = [&](const char* by, const telemetry::Counter& cell) {
    Counter(metrics, "skyden_rpc_reset_streams_total", "Streams that were broken off", cell,
            labelled("by", by));
  };
  reset("client", tally.resets_by_client);
  reset("server", tally.resets_by_server);
  for (size_t kind = 0; kind < rpc::Tally::kOffences.size(); ++kind) {
    Counter(metrics, "skyden_rpc_offences_total", "Connections ended for abuse",
            tally.offences[kind], labelled("kind", rpc::Tally::kOffences[kind]));
  }
  Counter(metrics, "skyden_rpc_received_bytes_total", "Bytes of HTTP/2 that came, inside TLS",
          tally.received_bytes, labels);
  Counter(metrics, "skyden_rpc_sent_bytes_total", "Bytes of HTTP/2 that were sent, inside TLS",
          tally.sent_bytes, labels);
}

}  // namespace

void Daemon::PublishMetrics() {
  AddProcessMetrics(metrics_);
  AddDiskMetrics(metrics_, config_.data_dir);
  OfCertificate(metrics_, "http", config_.http);
  OfCertificate(metrics_, "admin", config_.admin);
  OfCertificate(metrics_, "kds", config_.kds);
  OfStore(metrics_, *store_);
  if (store::Daemons* const daemons = store::DaemonsOf(*store_)) OfDaemons(metrics_, *daemons);
  OfZones(metrics_, *kds_);
  OfPeople(metrics_, *http_, request_times_, admin_->call_times());
  OfPort(metrics_, "kds", kds::PortOf(*kds_));
  OfPort(metrics_, "admin", admin_->port());
  Counter(metrics_, "skyden_audit_webhook_entries_total",
          "Entries of the audit that the webhook took",
          [this] { return audit_webhook_ == nullptr ? 0 : audit_webhook_->counters().delivered; });
  Counter(metrics_, "skyden_audit_webhook_failures_total",
          "Deliveries that the webhook did not take",
          [this] { return audit_webhook_ == nullptr ? 0 : audit_webhook_->counters().failures; });
  Counter(metrics_, "skyden_audit_destinations_entries_total",
          "Entries of the audit that destinations of organizations took",
          [this] { return audit_sender_->counters().delivered; });
  Counter(metrics_, "skyden_audit_destinations_failures_total",
          "Deliveries that destinations of organizations did not take",
          [this] { return audit_sender_->counters().failures; });
  Gauge(metrics_, "skyden_base_queued_tasks", "Tasks that wait for a worker",
        [this] { return threads_->workers().queued(); });
}

}  // namespace skyden::server
