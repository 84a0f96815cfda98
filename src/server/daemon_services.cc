// SPDX-License-Identifier: Apache-2.0
// The store and the services on it, in the order in which they need each other.
#include <utility>

#include "fmt/format.h"
#include "server/config_checks.h"
#include "server/daemon.h"
#include "server/edges.h"
#include "server/errors.h"
#include "server/open_store.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/version.h"
#include "skyden/http/fetch.h"
#include "skyden/identity/bootstrap.h"
#include "skyden/identity/oidc.h"
#include "skyden/identity/oidc_sign_in.h"
#include "skyden/store/daemons.h"
#include "skyden/telemetry/log.h"

namespace skyden::server {
namespace {

audit::Endpoints EndpointsOf(const Config& config) {
  return config.audit_destinations_internal ? audit::Endpoints::kAnywhere
                                            : audit::Endpoints::kOutside;
}

}  // namespace

absl::Status Daemon::OpenStore() {
  SKYDEN_ASSIGN_OR_RETURN(registry_, model::TypeRegistry::LoadEmbedded());
  const auto unknown_to_three =
      config_.v3_refuses_unknown ? resources::Unknown::kRefused : resources::Unknown::kTaken;
  SKYDEN_ASSIGN_OR_RETURN(codec_, resources::ResourceCodec::Create(*registry_, unknown_to_three));
  std::optional<std::string> beside;
  if (config_.postgres_shared)
    beside = store::AboutText(
        {.instance = instance_id_,
         .version = std::string(base::Version()),
         .peer_address = peer_port_ == nullptr ? "" : peer_port_->public_address()});
  SKYDEN_ASSIGN_OR_RETURN(OpenedStore opened, server::OpenStore(
                                                  config_, std::move(held_), *registry_,
                                                  [this](const absl::Status& why) { End(why); },
                                                  OldKeys::kInUse, std::move(beside)));
  lock_ = std::move(opened.lock);
  sealer_ = std::move(opened.sealer);
  store_ = std::move(opened.store);
  SKYDEN_ASSIGN_OR_RETURN(const auto made, identity::Bootstrap(*store_, clock_, config_.data_dir));
  operators_ = made.organization;
  if (!made.token_file.empty()) {
    telemetry::Log(telemetry::Level::info, "operator account created",
                   {{"token_file", made.token_file}});
  }
  if (!made.has_usable_operator) {
    telemetry::Log(telemetry::Level::warning, "no operator has a token that is good",
                   {{"do", fmt::format("stop the daemon, then: skyden operator-token --data-dir {}",
                                       config_.data_dir)}});
  }
  return absl::OkStatus();
}

void Daemon::BuildServices() {
  threads_ = std::make_unique<Threads>(config_.worker_threads);
  const Ground ground{.store = *store_,
                      .quotas = store::QuotasOf(*store_),
                      .registry = *registry_,
                      .codec = *codec_,
                      .clock = clock_,
                      .workers = threads_->workers(),
                      .transfers = threads_->transfers(),
                      .timers = threads_->timers()};
  ServicesOptions options;
  options.instance_id = instance_id_;
  options.operators = operators_;
  options.audit_destinations = EndpointsOf(config_);
  options.door = {.per_address = static_cast<double>(config_.requests_per_second_per_address),
                  .per_token = static_cast<double>(config_.requests_per_second_per_token)};
  options.settled_online_zones = [this](const model::TenantScope& scope) {
    std::vector<std::string> here = kds_->SettledOnlineZones(scope);
    return peers_ == nullptr ? here : peers_->OnlineZones(scope, std::move(here));
  };
  options.zone_sources = ZoneSourcesOf(*registry_, [this]() -> kds::KdsServer& { return *kds_; });
  options.deleted_retention = config_.deleted_retention;
  options.default_version = config_.default_version;
  services_ = std::make_unique<Services>(ground, std::move(options));
  services_->KeepServiceInsights();
}

absl::Status Daemon::BuildAudit() {
  housekeeping_ = std::make_unique<control_planes::Housekeeping>(
      control_planes::HousekeepingDeps{
          .store = *store_,
          .clock = clock_,
          .history_retention = config_.history_retention,
          .deleted_retention = config_.deleted_retention,
          .others = [this](model::OrganizationKey one) { return ForgetOld(one); }},
      threads_->timers(), threads_->workers());
  const bool webhook = !config_.audit_webhook_url.empty();
  if (config_.audit_retention > absl::ZeroDuration() || config_.audit_retention_mib > 0) {
    audit_retention_ = std::make_unique<audit::Retention>(
        audit::RetentionDeps{.store = *store_,
                             .clock = clock_,
                             .keep = config_.audit_retention,
                             .reader = webhook ? audit::kWebhookReader : "",
                             .keep_bytes = static_cast<uint64_t>(config_.audit_retention_mib)
                                           << 20},
        threads_->timers(), threads_->workers());
  }
  SKYDEN_ASSIGN_OR_RETURN(audit_sender_,
                          audit::Sender::Start(*store_, clock_,
                                               {.allowed = EndpointsOf(config_),
                                                .ca_file = config_.audit_destinations_ca_file}));
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

absl::Status Daemon::ForgetOld(model::OrganizationKey organization) {
  SKYDEN_RETURN_IF_ERROR(services_->sessions->ForgetEnded(organization).status());
  if (config_.usage_retention == absl::ZeroDuration()) return absl::OkStatus();
  return insights::ForgetOldUsage(*store_, organization, clock_.Now() - config_.usage_retention);
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
                                   .ca_file = oidc.ca_file,
                                   .interrupt = &interrupt_};
  people.verifier = identity::OidcVerifier::Create(
      {.clock = clock_,
       .fetch = [options](const std::string& url) { return http::Fetch(url, options); }},
      {.issuer = oidc.issuer,
       .audience = oidc.audience,
       .groups_claim = oidc.groups_claim,
       .clock_leeway = oidc.clock_leeway});
  people.verifier->ReadKeysAhead();
  oidc_organization_ = people.organization;
  if (!oidc.client_id.empty()) {
    http::FetchOptions asking = options;
    asking.bytes_max = base::limits::kOidcAnswerBytes;
    oidc_sign_in_ = identity::OidcSignIn::Create(
        {.clock = clock_,
         .verifier = *people.verifier,
         .exchange =
             [asking](const http::Outgoing& request) { return http::Exchange(request, asking); }},
        {.issuer = oidc.issuer,
         .client_id = oidc.client_id,
         .client_secret = FirstLineOf(oidc.client_secret_file),
         .redirect_uri = config_.http_public_address + "/console/sign-in/callback",
         .signed_out_uri = config_.http_public_address + "/console/sign-in"});
  }
  services_->authenticator.SetPeople(std::move(people));
  return absl::OkStatus();
}

}  // namespace skyden::server
