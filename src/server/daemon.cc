// SPDX-License-Identifier: Apache-2.0
// Build() is the map of the program: each step uses only what stands above it. Where a lower part
// must tell a higher one something (a control plane is gone, a token ended), it is given a function
// here; nothing calls it before the first request, and by then everything is built.
#include "server/daemon.h"

#include <unistd.h>

#include <fstream>
#include <utility>

#include "absl/synchronization/barrier.h"
#include "fmt/format.h"
#include "server/data_dir.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/http/fetch.h"
#include "skyden/identity/bootstrap.h"
#include "skyden/identity/oidc.h"
#include "skyden/identity/tokens.h"
#include "skyden/rest/diagnostics.h"
#include "skyden/store/sqlite_store.h"
#include "skyden/telemetry/log.h"

namespace skyden::server {
namespace {

using telemetry::Level;
using telemetry::Log;

constexpr int kIoThreads = 2;
constexpr size_t kReadyKeys = 4;

std::string Text(const absl::Status& status) { return std::string(base::ToStd(status.message())); }

std::optional<http::TlsFiles> TlsOf(const PortConfig& port) {
  if (!port.tls()) return std::nullopt;
  return http::TlsFiles{port.certificate_file, port.key_file};
}

// An error of a listener, naming the setting that is at fault.
absl::Status About(std::string_view setting, const absl::Status& status) {
  return absl::Status(status.code(), base::ToAbsl(fmt::format("{}: {}", setting, Text(status))));
}

identity::Authenticator::KumaToken ToIdentity(resources::VerifiedKumaToken token) {
  using Kind = identity::Authenticator::KumaToken::Kind;
  identity::Authenticator::KumaToken result;
  result.kind = token.kind == resources::VerifiedKumaToken::Kind::kUser ? Kind::kUser : Kind::kZone;
  result.name = std::move(token.name);
  result.groups = std::move(token.groups);
  result.scopes = std::move(token.scopes);
  result.expires_at = token.expires_at;
  return result;
}

audit::Refusal ToRefusal(const kds::RejectedConnection& turned_away) {
  audit::Refusal refusal;
  refusal.origin.peer = turned_away.peer;
  refusal.organization = turned_away.organization;
  refusal.tenant = turned_away.tenant;
  refusal.control_plane = turned_away.control_plane;
  refusal.zone = turned_away.zone_name;
  refusal.reason = turned_away.reason;
  return refusal;
}

std::string FirstLineOf(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace

absl::Status Daemon::Build() {
  SKYDEN_RETURN_IF_ERROR(PrepareDataDir(config_.data_dir));
  RemoveAddresses(config_.data_dir);
  for (const char* task : {"store", "zones", "api"}) readiness_.Await(task);
  SKYDEN_RETURN_IF_ERROR(ListenForDiagnostics());
  SKYDEN_RETURN_IF_ERROR(OpenStore());
  readiness_.Done("store");
  BuildResources();
  BuildServices();
  SKYDEN_RETURN_IF_ERROR(BuildAudit());
  SKYDEN_RETURN_IF_ERROR(LetPeopleIn());
  SKYDEN_RETURN_IF_ERROR(ListenForZones());
  readiness_.Done("zones");
  SKYDEN_RETURN_IF_ERROR(ListenForPeople());
  readiness_.Done("api");
  PublishMetrics();
  return WriteAddresses(config_.data_dir, addresses_);
}

absl::Status Daemon::ListenForDiagnostics() {
  io_ = std::make_unique<http::IoThreads>(kIoThreads);
  auto handler = rest::DiagnosticsHandler({.healthy = [] { return absl::OkStatus(); },
                                           .ready = [this] { return readiness_.Check(); },
                                           .metrics = metrics_});
  auto listening = http::Listen(*io_, {.address = config_.diagnostics.address}, std::move(handler));
  if (!listening.ok()) return About("diagnostics_address", listening.status());
  diagnostics_ = *std::move(listening);
  addresses_.diagnostics = diagnostics_->address();
  return absl::OkStatus();
}

absl::Status Daemon::OpenStore() {
  SKYDEN_ASSIGN_OR_RETURN(registry_, model::TypeRegistry::LoadEmbedded());
  SKYDEN_ASSIGN_OR_RETURN(codec_, resources::ResourceCodec::Create(*registry_));
  const std::string key_file = config_.secrets_key_file.empty() ? config_.data_dir + "/secrets.key"
                                                                : config_.secrets_key_file;
  auto sealer = store::LoadSealer(key_file);
  if (sealer.status().code() == absl::StatusCode::kPermissionDenied) {
    // Its mode is the operator's to mend, as a wrong value would be.
    return About("secrets_key_file", absl::InvalidArgumentError(sealer.status().message()));
  }
  if (!sealer.ok()) return About("secrets_key_file", sealer.status());
  sealer_ = *std::move(sealer);
  store::SqliteOptions options;
  options.directory = config_.data_dir;
  options.readers = config_.store_readers;
  options.on_fatal = [this](const absl::Status& why) { End(why); };
  auto opened = store::OpenSqliteStore(std::move(options), *registry_, *sealer_);
  if (!opened.ok()) return About("data_dir", opened.status());
  store_ = *std::move(opened);
  SKYDEN_ASSIGN_OR_RETURN(const auto made, identity::Bootstrap(*store_, clock_, config_.data_dir));
  operators_ = made.organization;
  if (!made.token_file.empty()) {
    Log(Level::info, "operator account created", {{"token_file", made.token_file}});
  }
  return absl::OkStatus();
}

void Daemon::BuildResources() {
  views_ = resources::ResourceViews::Create(*store_);
  keys_ = std::make_unique<base::RsaKeyPool>(kReadyKeys);
  manager_ =
      resources::ResourceManager::Create({.store = *store_,
                                          .registry = *registry_,
                                          .codec = *codec_,
                                          .views = *views_,
                                          .clock = clock_,
                                          .keys = *keys_,
                                          .on_tokens_gone =
                                              [this](const std::vector<model::TokenId>& tokens) {
                                                authenticator_->Invalidate(tokens);
                                              },
                                          .instance_id = instance_id_});
  kuma_tokens_ = resources::KumaTokens::Create(
      {.manager = *manager_, .views = *views_, .registry = *registry_, .clock = clock_});
  figures_ = insights::Figures::Create({.registry = *registry_, .views = *views_, .clock = clock_});
  insights_ = std::make_unique<insights::Insights>(insights::Insights::Deps{.registry = *registry_,
                                                                            .codec = *codec_,
                                                                            .manager = *manager_,
                                                                            .views = *views_,
                                                                            .store = *store_,
                                                                            .figures = *figures_,
                                                                            .clock = clock_});
}

void Daemon::BuildServices() {
  authenticator_ = std::make_unique<identity::Authenticator>(
      identity::Authenticator::Deps{.store = *store_, .clock = clock_});
  authenticator_->SetKumaTokenVerifier(
      [this](const model::TenantScope& scope,
             std::string_view jwt) -> absl::StatusOr<identity::Authenticator::KumaToken> {
        SKYDEN_ASSIGN_OR_RETURN(auto token, kuma_tokens_->Verify(scope, jwt));
        return ToIdentity(std::move(token));
      });
  const identity::AccountService::Deps identity_deps{
      .store = *store_, .clock = clock_, .authenticator = *authenticator_};
  accounts_ = identity::AccountService::Create(identity_deps);
  tokens_ = identity::TokenService::Create(identity_deps);
  organizations_ = identity::OrganizationService::Create(identity_deps);
  control_planes_ = control_planes::ControlPlaneService::Create(
      {.store = *store_,
       .clock = clock_,
       .seed = [this](store::WriteTx& tx,
                      const store::ControlPlaneRecord& made) { return manager_->Seed(tx, made); },
       .online_zones = [this](const model::TenantScope& scope)
           -> absl::StatusOr<std::vector<std::string>> { return kds_->OnlineZones(scope); },
       .on_deleted =
           [this](const store::ControlPlaneRecord& gone,
                  const std::vector<model::TokenId>& tokens) { ForgetControlPlane(gone, tokens); },
       .on_suspension =
           [this](const store::ControlPlaneRecord& record) {
             authenticator_->InvalidateControlPlane(record.id, record.tenant);
           },
       .on_access =
           [this](const std::vector<model::TokenId>& tokens) {
             authenticator_->Invalidate(tokens);
           }});
  zones_ = control_planes::ZoneService::Create(
      {.store = *store_,
       .clock = clock_,
       .create_zone = [this](
                          store::WriteTx& tx,
                          const model::ZoneName& zone) { return manager_->CreateZone(tx, zone); },
       .new_token =
           [] {
             const auto made = identity::GenerateToken(identity::TokenKind::kSystemAccount);
             return control_planes::ZoneService::Deps::FreshToken{made.text, made.id, made.sha256};
           }});
  workers_ = std::make_unique<base::WorkerPool>("worker", config_.worker_threads);
  timers_ = base::MakeTimers();
  service_insights_ = std::make_unique<insights::ServiceInsightKeeper>(
      insights::ServiceInsightKeeper::Deps{.store = *store_,
                                           .registry = *registry_,
                                           .views = *views_,
                                           .figures = *figures_,
                                           .clock = clock_,
                                           .workers = *workers_,
                                           .timers = *timers_});
}

absl::Status Daemon::BuildAudit() {
  audit_ = std::make_unique<audit::AuditService>(*store_);
  refusals_ = audit::RefusalLog::Create({.store = *store_,
                                         .clock = clock_,
                                         .timers = *timers_,
                                         .workers = *workers_,
                                         .operators = operators_});
  authenticator_->SetRefusalListener([this](const identity::RefusedSignIn& refused) {
    refusals_->Tell({refused.origin, refused.organization, refused.tenant, refused.control_plane,
                     refused.token_id, refused.zone, refused.reason});
  });
  door_ = std::make_unique<identity::Door>(
      clock_, identity::Door::Options{
                  .per_address = static_cast<double>(config_.requests_per_second_per_address),
                  .per_token = static_cast<double>(config_.requests_per_second_per_token)});
  const bool webhook = !config_.audit_webhook_url.empty();
  if (config_.audit_retention > absl::ZeroDuration()) {
    audit_retention_ = std::make_unique<audit::Retention>(
        audit::RetentionDeps{*store_, clock_, config_.audit_retention,
                             webhook ? audit::kWebhookReader : ""},
        *timers_, *workers_);
  }
  if (!webhook) return absl::OkStatus();
  audit::WebhookOptions options;
  options.url = config_.audit_webhook_url;
  options.secret = FirstLineOf(config_.audit_webhook_secret_file);
  options.ca_file = config_.audit_webhook_ca_file;
  auto started = audit::Webhook::Start(*store_, clock_, std::move(options));
  if (!started.ok()) return About("audit_webhook_url", started.status());
  audit_webhook_ = *std::move(started);
  return absl::OkStatus();
}

absl::Status Daemon::LetPeopleIn() {
  const OidcConfig& oidc = config_.oidc;
  if (oidc.issuer.empty()) return absl::OkStatus();
  identity::Authenticator::People people;
  SKYDEN_ASSIGN_OR_RETURN(people.roles, identity::ParseGroupRoles(oidc.roles));
  SKYDEN_ASSIGN_OR_RETURN(
      const auto organizations,
      store_->ListOrganizations(model::SystemScope::For("start: the identity provider's people")));
  for (const store::OrganizationRecord& organization : organizations) {
    const bool first = people.organization == model::OrganizationKey{};
    if (first && organization.name == oidc.organization) people.organization = organization.key;
  }
  if (people.organization == model::OrganizationKey{}) {
    return absl::InvalidArgumentError(
        fmt::format("oidc_organization: there is no organization \"{}\"", oidc.organization));
  }
  const http::FetchOptions options{.bytes_max = base::limits::kOidcDocumentBytes,
                                   .time_max = base::limits::kOidcFetchTime,
                                   .ca_file = oidc.ca_file};
  people.verifier = identity::OidcVerifier::Create(
      {.clock = clock_,
       .fetch = [options](const std::string& url) { return http::Fetch(url, options); }},
      {.issuer = oidc.issuer,
       .audience = oidc.audience,
       .groups_claim = oidc.groups_claim,
       .clock_leeway = oidc.clock_leeway});
  authenticator_->SetPeople(std::move(people));
  return absl::OkStatus();
}

absl::Status Daemon::ListenForZones() {
  kds::KdsOptions options;
  options.address = config_.kds.address;
  options.certificate_file = config_.kds.certificate_file;
  options.key_file = config_.kds.key_file;
  options.instance_id = instance_id_;
  auto listening = kds::KdsServer::Start({.store = *store_,
                                          .registry = *registry_,
                                          .codec = *codec_,
                                          .manager = *manager_,
                                          .views = *views_,
                                          .authenticator = *authenticator_,
                                          .clock = clock_,
                                          .workers = *workers_,
                                          .timers = *timers_,
                                          .on_rejected =
                                              [this](const kds::RejectedConnection& turned_away) {
                                                refusals_->Tell(ToRefusal(turned_away));
                                              }},
                                         std::move(options));
  if (!listening.ok()) return About("kds_address", listening.status());
  kds_ = *std::move(listening);
  addresses_.kds = kds_->address();
  addresses_.kds_tls = config_.kds.tls();
  return absl::OkStatus();
}

absl::Status Daemon::ListenForPeople() {
  std::string dial = config_.kds_public_address;
  if (dial.empty()) {
    dial = fmt::format("{}://{}", config_.kds.tls() ? "grpcs" : "grpc", addresses_.kds);
  }
  auto admin = admin::AdminServer::Start(
      {.control_planes = *control_planes_,
       .zones = *zones_,
       .audit = *audit_,
       .authenticator = *authenticator_,
       .accounts = *accounts_,
       .tokens = *tokens_,
       .organizations = *organizations_,
       .clock = clock_,
       .manager = *manager_,
       .registry = *registry_,
       .workers = *workers_,
       .online_zones = [this](const model::TenantScope& scope) { return kds_->OnlineZones(scope); },
       .rejected_connections =
           [this](const model::TenantScope& scope) { return kds_->Rejected(scope); },
       .all_rejected_connections = [this] { return kds_->AllRejected(); },
       .door = door_.get(),
       .health = [this] { return readiness_.Check(); }},
      {.address = config_.admin.address,
       .certificate_file = config_.admin.certificate_file,
       .key_file = config_.admin.key_file,
       .client_ca_file = config_.admin.client_ca_file,
       .kds_public_address = dial});
  if (!admin.ok()) return About("admin_address", admin.status());
  admin_ = *std::move(admin);
  addresses_.admin = admin_->address();
  addresses_.admin_tls = config_.admin.tls();

  rest_ = rest::RestApi::Create(
      {.registry = *registry_,
       .codec = *codec_,
       .manager = *manager_,
       .views = *views_,
       .kuma_tokens = *kuma_tokens_,
       .authenticator = *authenticator_,
       .accounts = *accounts_,
       .tokens = *tokens_,
       .organizations = *organizations_,
       .control_planes = *control_planes_,
       .zones = *zones_,
       .audit = *audit_,
       .insights = *insights_,
       .store = *store_,
       .clock = clock_,
       .workers = *workers_,
       .timers = *timers_,
       .door = door_.get(),
       .zone_gateway = &kds_->gateway(),
       .rejected_connections =
           [this](const model::TenantScope& scope) { return kds_->Rejected(scope); },
       .all_rejected_connections = [this] { return kds_->AllRejected(); },
       .kds_public_address = dial,
       .instance_id = instance_id_,
       .trusted_proxies = config_.trusted_proxies});
  auto listening = http::Listen(
      *io_,
      {.address = config_.http.address,
       .tls = TlsOf(config_.http),
       .connections_per_address_max = static_cast<size_t>(config_.connections_per_address),
       .refusal = &rest::RestApi::Refusal},
      rest_->handler());
  if (!listening.ok()) return About("http_address", listening.status());
  http_ = *std::move(listening);
  addresses_.http = http_->address();
  addresses_.http_tls = config_.http.tls();
  return absl::OkStatus();
}

void Daemon::PublishMetrics() {
  const auto gauge = [this](const char* name, const char* help, auto read) {
    metrics_.NewGauge(name, help, [read] { return static_cast<double>(read()); });
  };
  gauge("skyden_store_reads_total", "Statements that read",
        [this] { return store_->counters().reads; });
  gauge("skyden_store_writes_total", "Statements that wrote",
        [this] { return store_->counters().writes; });
  gauge("skyden_store_commits_total", "Transactions on disk",
        [this] { return store_->counters().commits; });
  gauge("skyden_store_fsyncs_total", "Times the disk was waited for",
        [this] { return store_->counters().fsyncs; });
  gauge("skyden_kds_streams", "Open calls of zones", [this] { return kds_->counters().streams; });
  gauge("skyden_kds_messages_in_total", "Messages from zones",
        [this] { return kds_->counters().messages_in; });
  gauge("skyden_kds_messages_out_total", "Messages to zones",
        [this] { return kds_->counters().messages_out; });
  gauge("skyden_kds_snapshots_total", "Snapshots built",
        [this] { return kds_->counters().snapshots_built; });
  gauge("skyden_kds_in_flight_bytes", "Bytes of zones' messages being worked on",
        [this] { return kds_->counters().bytes_in_flight; });
  gauge("skyden_kds_nacks_total", "Messages that zones refused",
        [this] { return kds_->counters().nacks; });
  gauge("skyden_kds_types_withheld",
        "Types, over all zones, that are not sent because they are too large for one message",
        [this] { return kds_->counters().types_withheld; });
  gauge("skyden_kds_rejected_connections_total", "Zones that were turned away",
        [this] { return kds_->counters().rejected_connections; });
  gauge("skyden_http_connections", "Open connections of the REST port",
        [this] { return http_->connections(); });
  gauge("skyden_http_refused_connections_total",
        "Connections of the REST port closed at once because there were too many",
        [this] { return http_->refused_connections(); });
  gauge("skyden_audit_webhook_entries_total", "Entries of the audit that the webhook took",
        [this] { return audit_webhook_ == nullptr ? 0 : audit_webhook_->counters().delivered; });
  gauge("skyden_audit_webhook_failures_total", "Deliveries that the webhook did not take",
        [this] { return audit_webhook_ == nullptr ? 0 : audit_webhook_->counters().failures; });
  gauge("skyden_base_queued_tasks", "Tasks that wait for a worker",
        [this] { return workers_->queued(); });
}

void Daemon::ForgetControlPlane(const store::ControlPlaneRecord& gone,
                                const std::vector<model::TokenId>& tokens) {
  // The authenticator comes first: it has the streams of zones ended, and nobody comes in again.
  authenticator_->Invalidate(tokens);
  authenticator_->InvalidateControlPlane(gone.id, gone.tenant);
  manager_->Forget(gone.tenant);
  figures_->Forget(gone.tenant);
  views_->Forget(gone.tenant);
}

void Daemon::End(absl::Status why) {
  absl::MutexLock lock(&mu_);
  // A failure is not forgotten because somebody asks for a stop as well.
  if (!ended_.has_value() || ended_->ok()) ended_ = std::move(why);
}

absl::Status Daemon::Wait() {
  absl::MutexLock lock(&mu_);
  const auto ended = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return ended_.has_value(); };
  mu_.Await(absl::Condition(&ended));
  return *ended_;
}

void Daemon::Drain() {
  RemoveAddresses(config_.data_dir);
  readiness_.Await("the end");
  // A store that cannot write leaves nothing worth waiting for.
  const bool healthy = store_ == nullptr || store_->Health().ok();
  const absl::Duration at_most = healthy ? config_.drain_time : absl::ZeroDuration();
  if (http_ != nullptr) http_->Drain(at_most);
  if (admin_ != nullptr) admin_->Drain(at_most);
  if (kds_ != nullptr) kds_->Drain(at_most);
}

void Daemon::Settle() {
  if (store_ == nullptr || workers_ == nullptr) return;
  // A task may write, and what comes after the write may be a task again: three of each is more
  // than any request takes.
  constexpr int kRounds = 3;
  for (int round = 0; round < kRounds; ++round) {
    auto* all_here = new absl::Barrier(config_.worker_threads + 1);
    const auto arrive = [all_here] {
      if (all_here->Block()) delete all_here;
    };
    for (int i = 0; i < config_.worker_threads; ++i) workers_->Post(arrive);
    arrive();
    const auto nobody = model::SystemScope::For("shutdown").In(model::OrganizationKey{0});
    store_->WriteDirectory(nobody, [](store::DirectoryTx&) { return absl::OkStatus(); })
        .IgnoreError();
  }
}

Daemon::~Daemon() {
  Drain();
  http_.reset();
  rest_.reset();
  admin_.reset();
  kds_.reset();
  service_insights_.reset();
  audit_webhook_.reset();
  audit_retention_.reset();
  if (refusals_ != nullptr) refusals_->Close();
  Settle();
  workers_.reset();  // its last tasks may still use everything above it
}

std::string Daemon::MakeInstanceId() {
  char host[64] = {};
  if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  return fmt::format("{}-{}", host[0] == '\0' ? "skyden" : host,
                     base::HexLower(base::RandomBytes(2)));
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(Config config) {
  auto daemon = std::make_unique<Daemon>(std::move(config));
  SKYDEN_RETURN_IF_ERROR(daemon->Build());
  return daemon;
}

}  // namespace skyden::server
