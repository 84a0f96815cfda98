// SPDX-License-Identifier: Apache-2.0
// The four ports, each with what it serves.
#include <algorithm>
#include <memory>
#include <utility>

#include "fmt/format.h"
#include "server/certificate_file.h"
#include "server/daemon.h"
#include "server/errors.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/http/knock.h"
#include "skyden/rest/diagnostics.h"
#include "skyden/rest/preview_text.h"

namespace skyden::server {
namespace {

constexpr int kIoThreads = 2;

std::optional<http::TlsFiles> TlsOf(const PortConfig& port) {
  if (!port.tls()) return std::nullopt;
  return http::TlsFiles{port.certificate_file, port.key_file};
}

// An address may begin as many connections at once as it may hold: all that are behind it come
// again together when we were away.
base::limits::Rate ArrivalsOf(const Config& config, int held_max) {
  return {std::max(base::limits::kArrivals.burst, static_cast<double>(held_max)),
          static_cast<double>(config.connections_per_second_per_address)};
}

}  // namespace

absl::Status Daemon::ListenForDiagnostics() {
  io_ = std::make_unique<http::IoThreads>(kIoThreads);
  auto handler = rest::DiagnosticsHandler({.healthy = [] { return absl::OkStatus(); },
                                           .ready =
                                               [this](rest::DiagnosticsDeps::Verdict verdict) {
                                                 CheckReadyAndPorts(std::move(verdict));
                                               },
                                           .metrics = metrics_});
  auto listening = http::Listen(
      *io_, {.name = "diagnostics", .address = config_.diagnostics.address}, std::move(handler));
  if (!listening.ok()) return About("diagnostics_address", listening.status());
  diagnostics_ = *std::move(listening);
  addresses_.diagnostics = diagnostics_->address();
  return absl::OkStatus();
}

absl::Status Daemon::ListenForZones() {
  kds::KdsOptions options;
  options.address = config_.kds.address;
  options.certificate_file = config_.kds.certificate_file;
  options.key_file = config_.kds.key_file;
  options.instance_id = instance_id_;
  options.connections_max = static_cast<size_t>(config_.kds_connections);
  options.connections_per_address_max = static_cast<size_t>(config_.kds_connections_per_address);
  options.arrivals = ArrivalsOf(config_, config_.kds_connections_per_address);
  options.header_credentials_only = config_.kds_header_credentials_only;
  auto listening = kds::KdsServer::Start(DepsOfZones(*services_), std::move(options));
  if (!listening.ok()) return About("kds_address", listening.status());
  kds_ = *std::move(listening);
  services_->MeterUsage();
  addresses_.kds = kds_->address();
  addresses_.kds_tls = config_.kds.tls();
  return absl::OkStatus();
}

absl::Status Daemon::ListenForPeople() {
  std::string dial = config_.kds_public_address;
  if (dial.empty()) {
    dial = fmt::format("{}://{}", config_.kds.tls() ? "grpcs" : "grpc", addresses_.kds);
  }
  const ZonesSide zones = Zones();
  admin::Deps admin_deps = DepsOfAdmin(*services_, zones, [this] { return CheckReady(); });
  admin_deps.preview = [shared = std::make_shared<const rest::Deps>(DepsOfRest(*services_, zones))](
                           const model::TenantScope& scope,
                           resources::ForeseenDocuments documents) {
    return rest::PreviewText(*shared, scope, std::move(documents));
  };
  auto admin = admin::AdminServer::Start(
      std::move(admin_deps), {.address = config_.admin.address,
                              .certificate_file = config_.admin.certificate_file,
                              .key_file = config_.admin.key_file,
                              .client_ca_file = config_.admin.client_ca_file,
                              .kds_public_address = dial,
                              .connections_max = static_cast<size_t>(config_.admin_connections),
                              .arrivals = ArrivalsOf(config_, 0)});
  if (!admin.ok()) return About("admin_address", admin.status());
  admin_ = *std::move(admin);
  addresses_.admin = admin_->address();
  addresses_.admin_tls = config_.admin.tls();

  rest::Deps deps = DepsOfRest(*services_, zones);
  deps.kds_public_address = dial;
  deps.trusted_proxies = config_.trusted_proxies;
  deps.console = console_.get();
  deps.kuma_gui = kuma_gui_.get();
  deps.port_certificates = [this] { return PortCertificates(); };
  deps.http_public_address = config_.http_public_address;
  deps.audit_webhook = audit_webhook_.get();
  deps.oidc = oidc_sign_in_.get();
  deps.oidc_organization = oidc_organization_;
  deps.oidc_issuer = config_.oidc.issuer;
  deps.oidc_audience = config_.oidc.audience;
  rest_ = rest::RestApi::Create(std::move(deps));
  auto listening = http::Listen(
      *io_,
      {.name = "rest",
       .address = config_.http.address,
       .tls = TlsOf(config_.http),
       .connections_max = static_cast<size_t>(config_.connections),
       .connections_per_address_max = static_cast<size_t>(config_.connections_per_address),
       .arrivals = ArrivalsOf(config_, config_.connections_per_address),
       .bodies = http::Bodies::kOnDemand,
       .refusal = &rest::RestApi::Refusal},
      rest::Timed(rest_->handler(), clock_, request_times_));
  if (!listening.ok()) return About("http_address", listening.status());
  http_ = *std::move(listening);
  addresses_.http = http_->address();
  addresses_.http_tls = config_.http.tls();
  return absl::OkStatus();
}

// As the files are now: what they were at the start is what the ports show, and what is believed of
// those whom the daemon asks.
std::vector<rest::Deps::PortCertificate> Daemon::PortCertificates() const {
  std::vector<rest::Deps::PortCertificate> certificates;
  const std::pair<const char*, const std::string*> files[] = {
      {"http", &config_.http.certificate_file},
      {"kds", &config_.kds.certificate_file},
      {"admin", &config_.admin.certificate_file},
      {"admin_client_ca_file", &config_.admin.client_ca_file},
      {"audit_webhook_ca_file", &config_.audit_webhook_ca_file},
      {"audit_destinations_ca_file", &config_.audit_destinations_ca_file},
      {"oidc_ca_file", &config_.oidc.ca_file},
      {"postgres_ca_file", &config_.postgres_ca_file},
      {"peer", &config_.peer.certificate_file},
      {"peer_ca_file", &config_.peer.ca_file}};
  for (const auto& [name, file] : files) {
    if (file->empty()) continue;
    const auto end = CertificateEndOf(*file);
    if (end.ok()) certificates.push_back({name, *end});
  }
  return certificates;
}

void Daemon::KnockAtPorts() {
  using Speaks = http::KnockOptions::Speaks;
  const auto port = [this](const char* name, const std::string& address, const PortConfig& config,
                           Speaks speaks) {
    const http::KnockOptions options{.address = address,
                                     .tls = config.tls(),
                                     .wants_certificate = !config.client_ca_file.empty(),
                                     .speaks = speaks,
                                     .time_max = base::limits::kKnockTime,
                                     .interrupt = &interrupt_};
    return PortCheck::Port{name, [options] { return http::Knock(options); }};
  };
  port_check_ = std::make_unique<PortCheck>(
      clock_, std::vector<PortCheck::Port>{
                  port("REST", addresses_.http, config_.http, Speaks::kHttp1),
                  port("admin gRPC", addresses_.admin, config_.admin, Speaks::kHttp2),
                  port("zones'", addresses_.kds, config_.kds, Speaks::kHttp2)});
  ports_ = port_check_.get();
}

}  // namespace skyden::server
