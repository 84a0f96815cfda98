// SPDX-License-Identifier: Apache-2.0
#include "test_env.h"

#include <httplib.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <utility>

#include "skyden/identity/bootstrap.h"
#include "skyden/identity/organization_service.h"
#include "skyden/identity/token_service.h"
#include "skyden/identity/tokens.h"
#include "skyden/store/settle.h"
#include "skyden/store/sqlite_store.h"

namespace skyden::rest {
namespace {

constexpr int kWorkers = 2;

}  // namespace

nlohmann::json Answer::json() const {
  return nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
}

kds::ZoneGateway::Ticket FakeZones::Ask(
    const model::TenantScope&, kds::ZoneRequest request,
    absl::AnyInvocable<void(absl::StatusOr<std::string>)> done) {
  asked.push_back(std::move(request));
  if (answers) {
    done(answer);
    return {};
  }
  absl::MutexLock lock(&mu);
  waiting = std::move(done);
  return "ticket";
}

void FakeZones::Cancel(const Ticket& ticket) {
  absl::MutexLock lock(&mu);
  cancelled = ticket;
  waiting = nullptr;
}

TestEnv::TestEnv() {
  OpenStore();
  BuildServices();
  Listen();
}

TestEnv::~TestEnv() {
  server = nullptr;
  store::Settle(*store, *transfers, kWorkers);
  store::Settle(*store, *workers, kWorkers);
}

void TestEnv::OpenStore() {
  auto loaded = model::TypeRegistry::LoadEmbedded();
  REQUIRE(loaded.ok());
  registry = std::make_unique<model::TypeRegistry>(*std::move(loaded));
  auto made_codec = resources::ResourceCodec::Create(*registry);
  REQUIRE(made_codec.ok());
  codec = *std::move(made_codec);
  auto made_sealer = store::LoadSealer(directory / "secrets.key");
  REQUIRE(made_sealer.ok());
  sealer = *std::move(made_sealer);
  store::SqliteOptions options;
  options.directory = directory.path();
  auto opened = store::OpenSqliteStore(std::move(options), *registry, *sealer);
  REQUIRE(opened.ok());
  store = *std::move(opened);
  const auto bootstrap = identity::Bootstrap(*store, clock, directory.path());
  REQUIRE(bootstrap.ok());
  std::ifstream(bootstrap->token_file) >> operator_token;
  REQUIRE_FALSE(operator_token.empty());
}

void TestEnv::BuildServices() {
  views = resources::ResourceViews::Create(*store);
  keys = std::make_unique<base::RsaKeyPool>(2);
  manager = resources::ResourceManager::Create({.store = *store,
                                                .registry = *registry,
                                                .codec = *codec,
                                                .views = *views,
                                                .clock = clock,
                                                .keys = *keys,
                                                .instance_id = "test"});
  kuma_tokens = resources::KumaTokens::Create(
      {.manager = *manager, .views = *views, .registry = *registry, .clock = clock});
  figures = insights::Figures::Create({*registry, *views, clock});
  insights = std::make_unique<insights::Insights>(
      insights::Insights::Deps{*registry, *codec, *manager, *views, *store, *figures, clock});
  authenticator = std::make_unique<identity::Authenticator>(
      identity::Authenticator::Deps{.store = *store, .clock = clock});
  authenticator->SetKumaTokenVerifier(
      [this](const model::TenantScope& scope,
             std::string_view jwt) -> absl::StatusOr<identity::Authenticator::KumaToken> {
        const auto token = kuma_tokens->Verify(scope, jwt);
        if (!token.ok()) return token.status();
        identity::Authenticator::KumaToken result;
        result.kind = token->kind == resources::VerifiedKumaToken::Kind::kUser
                          ? identity::Authenticator::KumaToken::Kind::kUser
                          : identity::Authenticator::KumaToken::Kind::kZone;
        result.name = token->name;
        result.groups = token->groups;
        result.scopes = token->scopes;
        return result;
      });
  const identity::AccountService::Deps identity_deps{.store = *store, .clock = clock};
  accounts = identity::AccountService::Create(identity_deps);
  tokens = identity::TokenService::Create(identity_deps);
  organizations = identity::OrganizationService::Create(identity_deps);
  control_planes = control_planes::ControlPlaneService::Create(
      {.store = *store,
       .clock = clock,
       .seed = [this](auto& tx, const auto& made) { return manager->Seed(tx, made); },
       .online_zones = [this](const model::TenantScope&)
           -> absl::StatusOr<std::vector<std::string>> { return online_zones; }});
  zones = control_planes::ZoneService::Create(
      {.store = *store,
       .clock = clock,
       .create_zone = [this](auto& tx, const auto& zone) { return manager->CreateZone(tx, zone); },
       .new_token =
           [] {
             const auto made = identity::GenerateToken(identity::TokenKind::kSystemAccount);
             return control_planes::ZoneService::Deps::FreshToken{made.text, made.id, made.sha256};
           }});
  quotas = control_planes::QuotaService::Create(
      {.store = *store, .quotas = store::QuotasOf(*store), .clock = clock});
  audit = std::make_unique<audit::AuditService>(*store);
  workers = std::make_unique<base::WorkerPool>("test", kWorkers);
  transfers = std::make_unique<base::WorkerPool>("transfers", kWorkers);
  timers = base::MakeTimers();
}

void TestEnv::Listen() {
  io = std::make_unique<http::IoThreads>(2);
  api = RestApi::Create({.registry = *registry,
                         .codec = *codec,
                         .manager = *manager,
                         .views = *views,
                         .kuma_tokens = *kuma_tokens,
                         .authenticator = *authenticator,
                         .accounts = *accounts,
                         .tokens = *tokens,
                         .organizations = *organizations,
                         .control_planes = *control_planes,
                         .zones = *zones,
                         .quotas = *quotas,
                         .audit = *audit,
                         .insights = *insights,
                         .store = *store,
                         .clock = clock,
                         .workers = *workers,
                         .transfers = *transfers,
                         .timers = *timers,
                         .zone_gateway = &zones_gateway,
                         .rejected_connections = [this](const auto&) { return rejected; },
                         .all_rejected_connections = [this] { return rejected; },
                         .zone_verdicts = &verdicts,
                         .kds_public_address = "grpcs://zones.example:5685",
                         .instance_id = "test",
                         .trusted_proxies = {}});
  auto listening = http::Listen(
      *io,
      {.address = "127.0.0.1:0", .bodies = http::Bodies::kOnDemand, .refusal = &RestApi::Refusal},
      api->handler());
  REQUIRE(listening.ok());
  server = *std::move(listening);
}

Answer TestEnv::Send(std::string_view method, const std::string& path, const std::string& token,
                     const std::string& body,
                     const std::vector<std::pair<std::string, std::string>>& headers) {
  httplib::Client client("http://" + server->address());
  client.set_read_timeout(60);  // busy machines make keys slowly
  httplib::Request request;
  request.method = std::string(method);
  request.path = path;
  request.body = body;
  for (const auto& [name, value] : headers) request.headers.emplace(name, value);
  if (!token.empty()) request.headers.emplace("Authorization", "Bearer " + token);
  if (!request.headers.contains("Content-Type") && method.starts_with('P')) {
    request.headers.emplace("Content-Type", "application/json");
  }
  const auto result = client.send(request);
  if (!result) return {};
  Answer answer{result->status,
                result->get_header_value("Content-Type"),
                result->body,
                result->get_header_value("Allow"),
                {}};
  for (size_t i = 0; i < result->get_header_value_count("Warning"); ++i) {
    answer.warnings.push_back(result->get_header_value("Warning", i));
  }
  return answer;
}

std::string TestEnv::NewControlPlane(const std::string& name) {
  const Answer answer = Post("/v1/mesh/control-planes", "{\"name\":\"" + name + "\"}");
  REQUIRE(answer.status == 201);
  return answer.json().at("id");
}

std::string TestEnv::ApiOf(const std::string& id) {
  return "/v1/mesh/control-planes/" + id + "/api";
}

std::string TestEnv::NewToken(model::Role role, const std::string& control_plane) {
  const auto caller = authenticator->Authenticate(operator_token);
  REQUIRE(caller.ok());
  const auto scope = authenticator->EnterOrganization(*caller);
  REQUIRE(scope.ok());
  identity::CreateAccount account;
  account.name = "account " + base::RandomUuid();
  const auto made = accounts->Create(*scope, account);
  REQUIRE(made.ok());
  identity::AssignRole assign;
  assign.role = role;
  if (!control_plane.empty()) assign.control_plane = model::ControlPlaneId(control_plane);
  REQUIRE(accounts->Assign(*scope, made->kind, made->id, assign).ok());
  const auto token = tokens->Issue(*scope, made->kind, made->id, {"token", std::nullopt});
  REQUIRE(token.ok());
  return token->text;
}

std::string TestEnv::NewOrganization(const std::string& name) {
  const auto scope = authenticator->EnterOrganization(*authenticator->Authenticate(operator_token));
  REQUIRE(scope.ok());
  const auto made = organizations->Create(*scope, name);
  REQUIRE(made.ok());
  return made->token.text;
}

}  // namespace skyden::rest
